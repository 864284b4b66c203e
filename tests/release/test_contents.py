"""Faults that were planted into a wheel or a source distribution are found."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from packaging.version import Version

from release import contents
from release.contents import MAX_FILE_BYTES, source_faults, wheel_faults
from release.repository import tracked_files

VERSION = Version("0.1.0")
METADATA = (
    "Metadata-Version: 2.4\nName: feedback-triage\nVersion: 0.1.0\nLicense-Expression: Apache-2.0\n"
)
INFO = "feedback_triage-0.1.0.dist-info"
TEMPLATE = "producer/page/templates/page.html"

Files = dict[str, str | bytes]


@pytest.fixture
def in_wheel(project: Path) -> Files:
    """What a wheel of the project has to hold."""
    return {
        **{path: read(project, path) for path in packaged(project)},
        f"{INFO}/METADATA": METADATA,
        f"{INFO}/RECORD": "",
        f"{INFO}/entry_points.txt": "[console_scripts]\ntriage = producer.start:main\n",
        f"{INFO}/licenses/LICENSE": "",
        f"{INFO}/licenses/NOTICE": "",
    }


@pytest.fixture
def in_source(project: Path) -> Files:
    """What a source distribution of the project has to hold."""
    return {
        **{path: read(project, path) for path in (*packaged(project), *contents.SOURCES)},
        "PKG-INFO": METADATA,
        "setup.cfg": "",
        "feedback_triage.egg-info/SOURCES.txt": "",
    }


def test_a_whole_wheel_and_a_whole_source_have_no_faults(
    project: Path, in_wheel: Files, in_source: Files
) -> None:
    assert faults_of_wheel(project, in_wheel) == []
    assert faults_of_source(project, in_source) == []


@pytest.mark.parametrize("path", [TEMPLATE, "schema/reports/runs.sql", "producer/__init__.py"])
def test_a_missing_file_is_found(
    project: Path, in_wheel: Files, in_source: Files, path: str
) -> None:
    del in_wheel[path], in_source[path]
    said = [f"{path} is missing: see package-data in pyproject.toml"]
    assert faults_of_wheel(project, in_wheel) == said
    assert faults_of_source(project, in_source) == said


@pytest.mark.parametrize(
    "path",
    [
        "tests/test_console.py",
        "producer/test_console.py",
        "producer/__pycache__/console.cpython-311.pyc",
        "producer/.env",
        "build/lib/producer/__init__.py",
    ],
)
def test_a_test_a_cache_or_a_secret_is_found(
    project: Path, in_wheel: Files, in_source: Files, path: str
) -> None:
    in_wheel[path] = in_source[path] = "x"
    said = [f"{path} does not belong there", f"{path} is a test, a cache or the like"]
    assert faults_of_wheel(project, in_wheel) == said
    assert faults_of_source(project, in_source) == said


def test_a_test_that_is_tracked_inside_of_a_package_is_found(
    project: Path, in_wheel: Files
) -> None:
    path = "producer/tests/test_page.py"
    (project / path).parent.mkdir()
    (project / path).write_text("")
    in_wheel[path] = ""
    assert faults_of_wheel(project, in_wheel, path) == [f"{path} is a test, a cache or the like"]


def test_a_file_of_an_earlier_build_is_found(project: Path, in_wheel: Files) -> None:
    in_wheel[TEMPLATE] = "<p>as it was</p>\n"
    assert faults_of_wheel(project, in_wheel) == [f"{TEMPLATE} is not as it stands in the project"]


def test_a_large_file_is_found_unless_it_is_a_model(project: Path, in_wheel: Files) -> None:
    large, model = "producer/demo/all.csv", "workers/pocket/encoder/model.safetensors"
    for path in (large, model):
        (project / path).parent.mkdir(parents=True)
        (project / path).write_bytes(bytes(MAX_FILE_BYTES + 1))
        in_wheel[path] = bytes(MAX_FILE_BYTES + 1)
    assert faults_of_wheel(project, in_wheel, large, model) == [
        f"{large} has 1,048,577 bytes, and may have 1,048,576"
    ]


def test_an_archive_that_no_registry_takes_is_found(
    project: Path, in_wheel: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "MAX_ARCHIVE_BYTES", 10)
    (said,) = faults_of_wheel(project, in_wheel)
    assert said.endswith("bytes, and may have 10")


def test_a_wrong_version_and_a_wrong_licence_are_found(
    project: Path, in_wheel: Files, in_source: Files
) -> None:
    wrong = METADATA.replace("0.1.0", "0.0.9").replace("Apache-2.0", "MIT")
    in_wheel[f"{INFO}/METADATA"] = in_source["PKG-INFO"] = wrong
    said = [
        "the metadata say Version: 0.0.9, and should say 0.1.0",
        "the metadata say License-Expression: MIT, and should say Apache-2.0",
    ]
    assert faults_of_wheel(project, in_wheel) == said
    assert faults_of_source(project, in_source) == said


def test_a_wheel_without_licences_or_command_is_found(project: Path, in_wheel: Files) -> None:
    del in_wheel[f"{INFO}/licenses/NOTICE"], in_wheel[f"{INFO}/entry_points.txt"]
    assert faults_of_wheel(project, in_wheel) == [
        "NOTICE is not among the licences of the wheel",
        "the wheel installs no command triage",
    ]


def packaged(project: Path) -> list[str]:
    return [path for path in tracked_files(project) if path.startswith(("producer/", "schema/"))]


def read(project: Path, path: str) -> bytes:
    return (project / path).read_bytes()


def faults_of_wheel(project: Path, files: Mapping[str, str | bytes], *added: str) -> list[str]:
    wheel = project.with_name("a.whl")
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return wheel_faults(wheel, project, [*tracked_files(project), *added], VERSION)


def faults_of_source(project: Path, files: Mapping[str, str | bytes]) -> list[str]:
    source = project.with_name("a.tar.gz")
    with tarfile.open(source, "w:gz") as archive:
        for path, content in files.items():
            stored = content.encode() if isinstance(content, str) else content
            member = tarfile.TarInfo(f"feedback_triage-0.1.0/{path}")
            member.size = len(stored)
            archive.addfile(member, io.BytesIO(stored))
    return source_faults(source, project, tracked_files(project), VERSION)
