"""Lock files hold what the project wants, in the pinned versions, each file with its hash."""

from __future__ import annotations

from pathlib import Path

import pytest

from release.locks import (
    BUILD,
    CONSTRAINTS,
    FOLDER,
    LOCKS,
    lock_faults,
    read_lock,
    unlocked,
)

ROOT = Path(__file__).parents[2]
PINNED = (ROOT / CONSTRAINTS).read_text("utf-8")
LOCK = """\
# Made by a machine.
celery==5.7.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
tzdata==2026.6 ; sys_platform == 'win32' \\
    --hash=sha256:cc
"""


@pytest.mark.parametrize("name", [*LOCKS, BUILD])
def test_a_lock_has_the_pinned_versions_and_a_hash_for_each(name: str) -> None:
    lock = text_of(name)
    assert len(list(read_lock(lock))) > 0
    assert lock_faults(lock, PINNED) == [], "run make lock"


@pytest.mark.parametrize(("name", "extras"), LOCKS.items())
def test_a_lock_has_all_that_the_project_wants(name: str, extras: tuple[str, ...]) -> None:
    assert unlocked(text_of(name), extras, ROOT) == [], "run make lock"


def test_who_reads_files_needs_no_torch() -> None:
    locked = {package.name for package in read_lock(text_of("producer"))}
    assert not locked & {"torch", "transformers", "numba"}


def test_a_lock_is_read() -> None:
    celery, tzdata = read_lock(LOCK)
    assert (celery.name, celery.version, celery.hashes) == ("celery", "5.7.0", ("aa", "bb"))
    assert celery.marker is None
    assert str(tzdata.marker) == 'sys_platform == "win32"'


def test_another_version_and_a_missing_hash_are_found() -> None:
    assert lock_faults(LOCK, "celery==5.7.0\n") == []
    assert lock_faults(LOCK, "# Pins.\nCelery==5.7.1\n") == [
        "celery 5.7.0 is locked, 5.7.1 is pinned"
    ]
    assert lock_faults("celery==5.7.0\n", "") == ["celery has no hash"]


def test_a_dependency_that_is_not_locked_is_found(project: Path) -> None:
    (project / "pyproject.toml").write_text(
        '[project]\ndependencies = ["celery>=5.8", "Redis>=5"]\n'
        '[project.optional-dependencies]\nfast = ["numba"]\n'
    )
    assert unlocked(LOCK, ("fast",), project) == ["celery>=5.8", "Redis>=5", "numba"]


def text_of(name: str) -> str:
    return (ROOT / FOLDER / f"{name}.txt").read_text("utf-8")
