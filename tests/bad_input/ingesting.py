"""Ingesting an example with the real command, and holding what it leaves to what is known."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Row, delete, select
from typer.main import get_command

from producer.console import console
from producer.ingest.readers.reasons import has_no_text
from schema.database import reading, writing
from schema.database.base import Base
from schema.tables import Run
from tests.bad_input.amounts import SEEN
from tests.bad_input.checked import check_terminal, read_rejects
from tests.bad_input.example import SOMETHING, Example, Good, Known
from tests.support.console import Ended
from tests.support.ingesting import check_run, positions

RUN = "autumn"
_SAID = re.compile(
    rf"run {RUN}: read (\d+)(?: \((\d+) of them before\))?, "
    r"stored (\d+)(?: \(\d+ known from earlier runs\))?, "
    r"duplicate (\d+), rejected (\d+)"
)


@dataclass(frozen=True)
class Left:
    """What an ingestion said and left behind; no counts where it ended with an error before.

    Attributes:
        counts: Rows that were read, and of those that had not been counted before the ones that
            were stored, a duplicate, and rejected.
    """

    ended: Ended
    counts: tuple[int, int, int, int] | None
    run: dict[str, Any] | None
    stored: list[Row[Any]]
    rejects: list[dict[str, Any]]


class Ingesting:
    """Ingests examples, each into an empty database."""

    def __init__(self, capsys: pytest.CaptureFixture[str], engine: Engine, folder: Path) -> None:
        self._capsys = capsys
        # Built once: that takes longer than all that is behind it.
        self._command = get_command(console)
        self._engine = engine
        self.folder = folder
        self._rejects = folder / f"{RUN}.rejects.jsonl"

    def begin(self) -> None:
        """An empty database, and a folder without files."""
        with writing(self._engine) as connection:
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(delete(table))
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()

    def once(self, path: str, *arguments: str) -> Left:
        """Run the command, and hold what it says to what it leaves."""
        ended = self._triage("ingest", path, "--run", RUN, "--analyses", "sentiment", *arguments)
        check_terminal(ended)
        rejects = read_rejects(self._rejects, path)
        with reading(self._engine) as connection:
            row = connection.execute(select(Run.__table__).where(Run.name == RUN)).one_or_none()
        run = None if row is None else dict(row._mapping)
        said = _SAID.search(ended.out)
        counts = None
        if said:
            read, before, stored, duplicate, rejected = map(int, said.groups("0"))
            counts = (read, stored, duplicate, rejected)
            assert read == before + stored + duplicate + rejected
            assert run is not None and run["state"] == "ingested"
            faulty = sum(not has_no_text(one["reason"]) for one in rejects)
            too_many = faulty > max(1, 0.1 * read) or len(rejects) == read
            assert ended.code == (3 if too_many else 0)
        else:
            # With 3, rows that came before the fault are stored.
            assert ended.code == (2 if run is None else 3) and ended.out == ""
        if run is not None:
            check_run(self._engine, RUN)
        return Left(ended, counts, run, positions(self._engine, RUN), rejects)

    def _triage(self, *arguments: str) -> Ended:
        with pytest.raises(SystemExit) as ended:
            self._command(arguments, prog_name="triage")
        captured = self._capsys.readouterr()
        code = ended.value.code
        return Ended(code if isinstance(code, int) else 0, captured.out, captured.err)

    def twice(self, path: str, *arguments: str) -> Left:
        """Run the command, and once more: the second time stores nothing, counts nothing, and loses
        nothing."""
        first = self.once(path, *arguments)
        row = first.run
        if first.counts:
            assert row is not None
            assert first.counts == (row["read"], row["stored"], row["duplicate"], row["rejected"])
        elif row:
            said = f"{row['read']} rows were read before that, run {RUN} has them; mend it"
            assert row["read"] and said in first.ended.err
        else:
            assert "rows were read before that" not in first.ended.err
        assert len(first.rejects) == (row["rejected"] if row else 0)
        again = self.once(path, *arguments)
        assert again.stored == first.stored
        assert _counts(again.run) == _counts(row)
        assert again.rejects == first.rejects
        assert again.ended.code == first.ended.code
        if first.counts:
            assert again.counts == (first.counts[0], 0, 0, 0)
        else:
            assert again.counts is None and again.ended.err == first.ended.err
        return first

    def example(self, kind: str, example: Example) -> Left:
        """Ingest an example twice; exactly its good rows are stored, if they are known."""
        self.begin()
        path = self.folder / example.name
        path.write_bytes(example.content)
        left = self.twice(str(path), *example.arguments)
        if example.known:
            check_known(left, example.known)
        count(kind, left)
        return left


def _counts(run: dict[str, Any] | None) -> list[int]:
    return [run[name] for name in ("read", "stored", "duplicate", "rejected")] if run else []


def check_known(left: Left, known: Known) -> None:
    """Hold what is stored, rejected and a duplicate to what is known."""
    stored, duplicate, rejected = len(known.good), known.duplicate, known.rejected
    assert left.counts == (stored + duplicate + rejected, stored, duplicate, rejected), (
        left.ended,
        left.rejects,
    )
    check_stored(left.stored, known.good)


def check_stored(stored: Sequence[Row[Any]], good: Sequence[Good]) -> None:
    """Hold documents to the rows that they are of."""
    for row, one in zip(stored, good, strict=True):
        assert (row.external_id, row.text) == (one.id, one.text)
        assert set(row.metadata) == set(one.metadata)
        for name, value in one.metadata.items():
            if value is SOMETHING:
                assert row.metadata[name] is not None
            else:
                assert _same(row.metadata[name], value), name


def count(kind: str, left: Left) -> None:
    """Remember what has been through."""
    SEEN[kind, "files"] += 1
    SEEN[kind, "refused"] += left.counts is None
    for name in ("stored", "duplicate", "rejected"):
        SEEN[kind, name] += left.run[name] if left.run else 0


def _same(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, float):
        # PostgreSQL keeps 1e308 as a decimal number, and gives it back as an integer.
        return float(found) == wanted
    if isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(_same, found, wanted))
    if isinstance(wanted, dict):
        return found.keys() == wanted.keys() and all(_same(found[k], wanted[k]) for k in wanted)
    return bool(found == wanted)
