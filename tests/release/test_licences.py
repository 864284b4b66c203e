"""Every package that users install is under a licence that we take, and the page says which."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from release.licences import PAGE, Package, Policy, packages, page, stated_licence

ROOT = Path(__file__).parents[2]
POLICY = Policy.read()
LISTED = packages(ROOT, POLICY)


@pytest.mark.parametrize("package", LISTED, ids=lambda package: package.name)
def test_a_package_is_under_a_licence_that_we_take(package: Package) -> None:
    assert POLICY.fault(package) is None


def test_the_page_is_up_to_date() -> None:
    assert (ROOT / PAGE).read_text("utf-8") == page(LISTED, POLICY), "run make licences"


def test_reasons_are_for_packages_that_there_are() -> None:
    assert POLICY.reasons.keys() | POLICY.elsewhere.keys() <= {package.name for package in LISTED}


def test_a_permissive_licence_needs_no_reason() -> None:
    assert {name for name in POLICY.reasons if POLICY.is_permissive(by_name(name).licence)} == set()


@pytest.mark.parametrize(
    "licence",
    ["MIT", "MIT AND BSD-3-Clause", "MIT OR GPL-3.0-only", "MIT AND (GPL-2.0-only OR Apache-2.0)"],
)
def test_what_demands_only_a_notice_is_permissive(licence: str) -> None:
    assert POLICY.is_permissive(licence)


@pytest.mark.parametrize(
    "licence", ["", "GPL-3.0-only", "MIT AND LGPL-2.1-only", "Proprietary", "see the file (LICENSE"]
)
def test_copyleft_and_the_unknown_are_found(licence: str) -> None:
    said = POLICY.fault(Package("some-package", licence, ()))
    assert said and said.startswith(f"some-package is under {licence or 'an unknown licence'};")


@pytest.mark.parametrize(
    ("stated", "licence"),
    [
        ({"license_expression": "MIT", "license": "GPL"}, "MIT"),
        ({"classifier": ["License :: OSI Approved :: MIT License", "Typing :: Typed"]}, "MIT"),
        (
            {
                "classifier": [
                    "License :: OSI Approved :: MIT License",
                    "License :: OSI Approved :: GNU General Public License v3 (GPLv3)",
                ]
            },
            "GNU General Public License v3 (GPLv3) AND MIT",
        ),
        ({"license": "Apache 2.0"}, "Apache-2.0"),
        ({"license": "Copyright (c) 2020\nAll rights reserved."}, ""),
        ({}, ""),
    ],
)
def test_the_most_precise_statement_counts(
    stated: Mapping[str, str | list[str]], licence: str
) -> None:
    assert stated_licence(stated, POLICY) == licence


def by_name(name: str) -> Package:
    return next(package for package in LISTED if package.name == name)
