"""What `triage forget` cannot reach of rejects is named, and the rest is done."""

from __future__ import annotations

import os
import socket

import pytest
from sqlalchemy import update

from producer.ingest.storage.rejects_place import ENDING
from schema.database import writing
from schema.tables import Run
from tests.support.elsewhere import MARKER, Elsewhere, notes
from tests.support.feedback import add_run
from tests.support.ingesting import run_row


def test_a_file_that_is_not_there_is_named(elsewhere: Elsewhere) -> None:
    path = elsewhere.ingest()
    moved = path.rename(elsewhere.there / "moved.jsonl")
    for option in ((), ("--dry-run",)):
        ended = elsewhere.forget(*option)
        assert ended.code == 1
        assert f"{path.resolve()}, rejected rows of run r, is not there" in ended.err
    path.touch()
    ended = elsewhere.forget()
    assert "is not there" not in ended.err
    moved.rename(path)
    assert "rejected rows 1\n" in elsewhere.forget().out
    assert notes(path) == ["kept"]


def test_those_of_another_host_are_named(elsewhere: Elsewhere) -> None:
    first, second = elsewhere.ingest("first"), elsewhere.ingest("second")
    for run, path in (("first", first), ("second", second)):
        elsewhere.places(run, "another.example")
        path.rename(path.with_suffix(".there"))
    ended = elsewhere.forget()
    assert ended.code == 1
    assert (
        "rejected rows of other runs (first, second) are on host another.example: run this there "
        "too" in ended.err
    )


def test_a_file_of_ours_is_not_that_of_another_host(elsewhere: Elsewhere) -> None:
    path = elsewhere.ingest()
    elsewhere.places("r", "another.example")
    path.rename(path.with_suffix(".there"))
    elsewhere.ingest()
    assert len(run_row(elsewhere.engine, "r")["rejects_files"]) == 2
    ended = elsewhere.forget()
    assert ended.code == 1
    assert "rejected rows 1\n" in ended.out
    assert "are on host another.example" in ended.err


def test_what_cannot_be_read_is_named_and_the_rest_is_done(elsewhere: Elsewhere) -> None:
    first, second, third = (elsewhere.ingest(run) for run in ("first", "second", "third"))
    first.unlink()
    first.mkdir()
    second.unlink()
    second.symlink_to(second)
    ended = elsewhere.forget()
    assert ended.code == 1
    assert f"{first.resolve()}, rejected rows of run first, cannot be read or written" in ended.err
    assert "rejected rows of run second, cannot be read or written" in ended.err
    assert notes(third) == ["kept"]


def test_a_link_is_named_and_left(elsewhere: Elsewhere) -> None:
    first, second = elsewhere.ingest("first"), elsewhere.ingest("second")
    target = first.rename(elsewhere.there / "target")
    first.symlink_to(target)
    os.link(second, elsewhere.there / "other name")
    ended = elsewhere.forget()
    assert ended.code == 1
    for path in (first, second):
        assert f"{path.name} has rows of it too, and is a link" in ended.err
        assert notes(path) == [MARKER, "kept"]


def test_a_folder_that_cannot_be_entered_is_named(elsewhere: Elsewhere) -> None:
    path = elsewhere.ingest()
    kept = elsewhere.ingest("other", elsewhere.here)
    elsewhere.there.rename(elsewhere.there.with_name("away"))
    # Permissions would not keep root out.
    elsewhere.there.symlink_to(elsewhere.there)
    ended = elsewhere.forget()
    assert ended.code == 1
    assert f"{path}, rejected rows of run r, cannot be reached (Too many levels" in ended.err
    assert notes(kept) == ["kept"]


def test_runs_of_an_older_version_fall_back_and_say_so(
    elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = elsewhere.ingest()
    with writing(elsewhere.engine) as connection:
        connection.execute(update(Run).values(rejects_files=None))
    ended = elsewhere.forget()
    assert ended.code == 1
    assert f"r{ENDING} is not in {elsewhere.here}: run r is of an older version" in ended.err
    monkeypatch.setenv("TRIAGE_REJECTS", str(elsewhere.there))
    ended = elsewhere.forget()
    assert ended.code == 0
    assert "rejected rows 1\n" in ended.out
    assert "runs of an older version (r) did not keep where their rejected rows are" in ended.err
    assert notes(path) == ["kept"]
    # That is still so when the run goes on with this version.
    monkeypatch.setenv("TRIAGE_REJECTS", ".")
    with writing(elsewhere.engine) as connection:
        connection.execute(update(Run).values(rejects_files=None))
    elsewhere.ingest(folder=elsewhere.here)
    assert [
        place and place["path"] for place in run_row(elsewhere.engine, "r")["rejects_files"]
    ] == [None, str(elsewhere.here.resolve() / path.name)]
    assert "did not keep where" in elsewhere.forget().err


def test_many_files_are_counted(elsewhere: Elsewhere) -> None:
    with writing(elsewhere.engine) as connection:
        for number in range(25):
            place = {"host": socket.gethostname(), "path": f"/nowhere/{number}{ENDING}"}
            add_run(connection, f"run-{number}", rejected=1, read=1, rejects_files=[place])
    ended = elsewhere.forget()
    assert ended.code == 1
    assert ended.err.count("is not there") <= 20
    assert " more files of rejected rows\n" in ended.err
