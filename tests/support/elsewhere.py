"""A shell that ingests in one folder and forgets from another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from producer.ingest.storage.rejects_place import ENDING
from schema.database import writing
from schema.tables import Run
from tests.support.console import Ended, Triage
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


def notes(path: Path) -> list[str]:
    return [json.loads(line)["row"]["note"] for line in path.read_text("utf-8").splitlines()]
