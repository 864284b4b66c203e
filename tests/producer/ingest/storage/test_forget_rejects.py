"""`triage forget` goes to where rejects lie, from wherever it is run."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.console import Triage
from tests.support.elsewhere import FORGET, MARKER, Elsewhere, notes
from tests.support.ingesting import run_ingest, run_row, write_csv


def test_it_goes_to_the_stored_path(
    engine: Engine, triage: Triage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = Elsewhere(engine, triage, tmp_path, monkeypatch)
    path = elsewhere.ingest()
    assert run_row(engine, "r")["rejects_files"] == [
        {"host": socket.gethostname(), "path": str(path.resolve())}
    ]
    assert "rejected rows 1\n" in elsewhere.forget("--dry-run").out
    assert notes(path) == [MARKER, "kept"]
    ended = elsewhere.forget()
    assert (ended.code, ended.err) == (0, "")
    assert "rejected rows 1\n" in ended.out
    assert notes(path) == ["kept"]
    ended = elsewhere.forget()
    assert (ended.code, ended.err, ended.out[:17]) == (0, "", "nothing to delete")


def test_a_run_that_was_ingested_from_two_folders_has_two(elsewhere: Elsewhere) -> None:
    paths = [elsewhere.ingest(), elsewhere.ingest(folder=elsewhere.here)]
    assert len(run_row(elsewhere.engine, "r")["rejects_files"]) == 2
    elsewhere.ingest()
    assert len(run_row(elsewhere.engine, "r")["rejects_files"]) == 2
    assert "rejected rows 2\n" in elsewhere.forget().out
    assert [notes(path) for path in paths] == [["kept"], ["kept"]]


def test_a_run_without_rejects_has_no_file_to_miss(elsewhere: Elsewhere, triage: Triage) -> None:
    feed = write_csv(elsewhere.there / "good.csv", [(1, "fine", "4711")], "id,text,customer")
    run_ingest(elsewhere.engine, feed, run="good")
    for host in (socket.gethostname(), "another"):
        elsewhere.places("good", host)
        ended = triage(*FORGET, "--dry-run")
        assert (ended.code, ended.err) == (0, "")


def test_a_folder_that_hosts_share_is_reached_from_each(elsewhere: Elsewhere) -> None:
    path = elsewhere.ingest()
    elsewhere.places("r", "a-container-of-yesterday")
    # Nor does it become another place for each of them.
    elsewhere.ingest()
    assert len(run_row(elsewhere.engine, "r")["rejects_files"]) == 1
    ended = elsewhere.forget()
    assert (ended.code, ended.err) == (0, "")
    assert notes(path) == ["kept"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_the_file_stays_its_owners(elsewhere: Elsewhere) -> None:
    path = elsewhere.ingest()
    os.chown(path, 65534, 65533)
    assert "rejected rows 1\n" in elsewhere.forget().out
    assert (path.stat().st_uid, path.stat().st_gid) == (65534, 65533)


def test_half_written_files_are_swept_where_the_rejects_are(elsewhere: Elsewhere) -> None:
    path = elsewhere.ingest()
    left = path.with_name(f".{path.name}.abcd1234")
    left.write_text(MARKER)
    elsewhere.forget()
    assert not left.exists()
