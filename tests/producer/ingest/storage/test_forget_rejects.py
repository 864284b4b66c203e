"""`triage forget` goes to where rejects lie, from wherever it is run, or names what is left."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from producer.ingest.storage.rejects_place import ENDING
from schema.database import reading, writing
from schema.tables import Run
from tests.support.console import Ended, Triage
from tests.support.feedback import add_document, add_run
from tests.support.ingesting import run_ingest, run_row, write_csv

MARKER = "the customer's own words, which nobody may find again"
FORGET = ("forget", "--where", "customer=4711", "--yes")


class Elsewhere:
    """Ingests and forgets, each from a folder of its own, as the shell of a user does."""

    def __init__(
        self, engine: Engine, triage: Triage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TRIAGE_REJECTS", ".")
        self.engine = engine
        self._triage = triage
        self._monkeypatch = monkeypatch
        self.there = tmp_path / "there"
        self.here = tmp_path / "here"
        for folder in (self.there, self.here):
            folder.mkdir()

    def ingest(self, run: str = "r", folder: Path | None = None) -> Path:
        """A run with a rejected row of the customer, and one of another; returns their file."""
        folder = folder or self.there
        self._monkeypatch.chdir(folder)
        rows = [(1, "", "4711", MARKER), (2, "", "12", "kept"), (3, "fine", "12", "")]
        feed = write_csv(folder / f"{run}.csv", rows, "id,text,customer,note")
        counts = run_ingest(self.engine, feed, run=run, analyses="sentiment").counts
        assert counts.rejected_in_all == 2
        self._monkeypatch.chdir(self.here)
        return folder / f"{run}{ENDING}"

    def forget(self, *options: str) -> Ended:
        """Forget the customer, from another folder."""
        return self._triage(*FORGET, *options)

    def places(self, run: str = "r", *hosts: str | None) -> None:
        """Pretend that the places of a run are on other hosts, or are not known."""
        stored = run_row(self.engine, run)["rejects_files"]
        changed = [
            host and place | {"host": host} for host, place in zip(hosts, stored, strict=True)
        ]
        with writing(self.engine) as connection:
            values = {"rejects_files": changed}
            connection.execute(update(Run).where(Run.name == run).values(values))


@pytest.fixture
def elsewhere(
    sqlite_engine: Engine, triage: Triage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Elsewhere:
    return Elsewhere(sqlite_engine, triage, tmp_path, monkeypatch)


def notes(path: Path) -> list[str]:
    return [json.loads(line)["row"]["note"] for line in path.read_text("utf-8").splitlines()]


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


def test_a_run_without_rejects_has_no_file_to_miss(elsewhere: Elsewhere, triage: Triage) -> None:
    feed = write_csv(elsewhere.there / "good.csv", [(1, "fine", "4711")], "id,text,customer")
    run_ingest(elsewhere.engine, feed, run="good")
    for host in (socket.gethostname(), "another"):
        elsewhere.places("good", host)
        ended = triage(*FORGET, "--dry-run")
        assert (ended.code, ended.err) == (0, "")


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


def test_a_folder_that_hosts_share_is_reached_from_each(elsewhere: Elsewhere) -> None:
    path = elsewhere.ingest()
    elsewhere.places("r", "a-container-of-yesterday")
    # Nor does it become another place for each of them.
    elsewhere.ingest()
    assert len(run_row(elsewhere.engine, "r")["rejects_files"]) == 1
    ended = elsewhere.forget()
    assert (ended.code, ended.err) == (0, "")
    assert notes(path) == ["kept"]


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


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_the_file_stays_its_owners(elsewhere: Elsewhere) -> None:
    path = elsewhere.ingest()
    os.chown(path, 65534, 65533)
    assert "rejected rows 1\n" in elsewhere.forget().out
    assert (path.stat().st_uid, path.stat().st_gid) == (65534, 65533)


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


def test_half_written_files_are_swept_where_the_rejects_are(elsewhere: Elsewhere) -> None:
    path = elsewhere.ingest()
    left = path.with_name(f".{path.name}.abcd1234")
    left.write_text(MARKER)
    elsewhere.forget()
    assert not left.exists()


def test_many_files_are_counted(elsewhere: Elsewhere) -> None:
    with writing(elsewhere.engine) as connection:
        for number in range(25):
            place = {"host": socket.gethostname(), "path": f"/nowhere/{number}{ENDING}"}
            add_run(connection, f"run-{number}", rejected=1, read=1, rejects_files=[place])
    ended = elsewhere.forget()
    assert ended.code == 1
    assert ended.err.count("is not there") <= 20
    assert " more files of rejected rows\n" in ended.err


def test_a_key_that_nothing_has_is_said_with_those_there_are(
    engine: Engine, triage: Triage, tmp_path: Path
) -> None:
    extras = [
        {"customer": {"id": 7, "tags": ["a"]}, "plan": "pro"},
        {"customer": {"id": None}, "\x1b[31mred\n": 1},
    ]
    with writing(engine) as connection:
        for number, extra in enumerate(extras):
            add_document(connection, number, MARKER, extra=extra)
    ended = triage("forget", "--where", "custmer\x1b=7", "--yes")
    assert (ended.code, ended.out[:17]) == (1, "nothing to delete")
    assert ended.err == (
        "no document has the key 'custmer\\x1b'; there are: external_id, source, product, "
        "language, customer.id, \\x1b[31mred\\n, customer.tags, plan\n"
    )
    assert triage("forget", "--where", "custmer=7", "--dry-run").code == 1
    for key in ("customer.id=8", "plan=x", "customer=x", "source=x", "customer.tags=b"):
        ended = triage("forget", "--where", key, "--yes")
        assert (ended.code, ended.err) == (0, ""), key
    (tmp_path / f"r{ENDING}").write_text(
        json.dumps({"row": {"order": {"number": None}}}) + "\nhalf a li"
    )
    ended = triage("forget", "--where", "order.number=8", "--yes")
    assert (ended.code, ended.err) == (0, "")
    ended = triage("forget", "--where", "\udcff=8", "--yes")
    assert (ended.code, "is not UTF-8" in ended.err) == (2, True)


def test_dotted_keys_reach_into_documents_and_rejected_rows(
    engine: Engine, triage: Triage, tmp_path: Path
) -> None:
    rows: list[dict[str, Any]] = [
        {"customer": {"id": 7}, "note": MARKER},
        {"customer.id": "7", "note": MARKER},
        {"customer": [{"id": 8}, {"id": "7"}], "note": MARKER},
        {"customer": {"id": 77}, "note": "kept"},
        {"customer": "7", "id": 7, "note": "kept"},
    ]
    path = tmp_path / f"r{ENDING}"
    path.write_text("".join(json.dumps({"row": row}) + "\n" for row in rows))
    with writing(engine) as connection:
        for number, row in enumerate(rows):
            add_document(connection, number, row["note"], extra=row)
    ended = triage("forget", "--where", "customer.id=7", "--yes")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("deleted: documents 3,")
    assert "rejected rows 3\n" in ended.out
    assert notes(path) == ["kept", "kept"]
    with reading(engine) as connection:
        assert connection.execute(select(Run.id)).all() == []
