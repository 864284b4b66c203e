"""`triage digest`: redacted unless somebody says otherwise, to a file or to where one stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.console import Triage
from tests.support.personal import SECRETS, make_personal
from tests.support.shop import make_shop

WEEK = ("digest", "--since", "7d", "--until", "2026-07-19")


@pytest.fixture
def personal(sqlite_engine: Engine) -> list[int]:
    return make_personal(sqlite_engine, make_shop(sqlite_engine))


@pytest.mark.parametrize("form", [(), ("--text",), ("--html",)])
def test_it_is_redacted_unless_it_is_reversed_off(
    personal: list[int], triage: Triage, form: tuple[str, ...]
) -> None:
    ended = triage(*WEEK, *form)
    assert ended.code == 0, ended.err
    assert [one for one in SECRETS if one in " ".join(ended.out.split())] == []
    assert "[name" in ended.out and "caught fire" in " ".join(ended.out.split())
    plain = triage(*WEEK, *form, "--no-redact").out
    assert "Katarzyna" in plain and "miss some" not in plain


def test_a_file_belongs_to_its_owner_and_is_the_same_each_time(
    personal: list[int], triage: Triage, tmp_path: Path
) -> None:
    file = tmp_path / "digest.html"
    ended = triage(*WEEK, "--html", "--output", str(file))
    assert ended.code == 0 and ended.out == "" and "redacted" in ended.err
    first = file.read_text("utf-8")
    assert file.stat().st_mode & 0o077 == 0
    triage(*WEEK, "--html", "--output", str(file))
    assert file.read_text("utf-8") == first


def test_commands_have_the_choice_in_them(personal: list[int], triage: Triage) -> None:
    said = triage(*WEEK, "--where", "product=Coat", "--run", "shop").out
    assert "--where product=Coat --run shop" in " ".join(said.split())


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--html", "--text"), "not both"),
        (("--since", "7x"), "7d or 2w"),
        (("--page", "https://a.example"), "goes with --html"),
        (("--html", "--page", "javascript:alert(1)"), "https://"),
    ],
)
def test_what_cannot_be_says_why(
    sqlite_engine: Engine, triage: Triage, options: tuple[str, ...], why: str
) -> None:
    ended = triage("digest", *options)
    assert ended.code != 0 and why in ended.err
