"""An ingestion that is killed, wherever that may be, and run again until it ends."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from producer.ingest import Counts
from schema.database import open_engine
from tests.support.ingesting import (
    check_run,
    counted,
    jobs,
    positions,
    run_ingest,
    run_row,
    undisturbed,
    write_csv,
)

pytestmark = pytest.mark.slow

BLOCK = 10
ROWS = 12 * BLOCK + 3
_processes = multiprocessing.get_context("fork")


def _ingest_until(url: str, path: Path, statements: int) -> None:
    """Ingest, and be killed before the given statement or commit is sent."""
    left = iter(range(statements))

    def count(*_arguments: object, **_options: object) -> None:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    engine = open_engine(url)
    event.listen(engine, "before_cursor_execute", count)
    event.listen(engine, "commit", count)
    run_ingest(engine, path, run="r", block_size=BLOCK)


def _killed(url: str, path: Path, statements: int) -> bool:
    process = _processes.Process(target=_ingest_until, args=(url, path, statements))
    process.start()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


def _feedback(path: Path) -> Path:
    rows = [(n % 110, f"text {n % 110}" if n % 7 else "") for n in range(ROWS - 2)]
    return write_csv(path, [*rows, (1, "another text"), (3000, "last")])


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_several_times_it_leaves_what_an_undisturbed_one_leaves(
    engine: Engine, database_url: str, tmp_path: Path, seed: int
) -> None:
    path = _feedback(tmp_path / "a.csv")
    expected = undisturbed(tmp_path / "undisturbed", path, run="r", block_size=BLOCK)
    chance = random.Random(seed)
    kills = 0
    # A block has some nine statements: the first kills hit the first block, the last ones the end.
    for reach in (4, 9, 20, 40, 70, 100):
        kills += _killed(database_url, path, chance.randrange(reach))
    assert kills >= 5
    done = run_ingest(engine, path, run="r", block_size=BLOCK)
    assert done.counts.read == ROWS
    check_run(engine, "r")
    assert counted(engine, "r") == (ROWS, 97, 7, 19)
    rejects = done.rejects.read_text("utf-8")
    assert (positions(engine, "r"), jobs(engine, "r")) == expected[:2]
    assert rejects == expected[2]
    assert run_row(engine, "r")["state"] == "ingested"


def test_a_delivery_of_changes_that_is_killed_several_times(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    run_ingest(
        engine, write_csv(tmp_path / "a.csv", [(n, f"text {n}") for n in range(60)]), run="o"
    )
    rows = [(n, f"text {n}, again" if n % 2 else f"text {n}") for n in range(60)]
    path = write_csv(tmp_path / "a-2.csv", [*rows, (60, "new"), (61, ""), (1, "another")])
    chance = random.Random(3)
    kills = sum(_killed(database_url, path, chance.randrange(reach)) for reach in (9, 20, 40, 60))
    assert kills >= 3
    done = run_ingest(engine, path, run="r", block_size=BLOCK)
    assert done.counts.read == 63
    check_run(engine, "r")
    row = run_row(engine, "r")
    assert [row[name] for name in ("stored", "updated", "updated_positions")] == [31, 30, 30]
    assert (row["duplicate"], row["rejected"]) == (0, 2)
    assert len(done.rejects.read_text("utf-8").splitlines()) == 2
    assert {one.version for one in positions(engine, "r") if one.text.endswith("again")} == {2}


def test_every_statement_of_a_block_may_be_the_last(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "a.csv", [(1, "a"), (2, ""), (3, "c")])
    expected = undisturbed(tmp_path / "undisturbed", path, run="r", block_size=BLOCK)
    statements = 0
    written = 0
    while _killed(database_url, path, statements):
        statements += 1
        if (tmp_path / "r.rejects.jsonl").exists():
            # Whoever is killed behind that has not hidden them from `triage forget`.
            written += 1
            (place,) = run_row(engine, "r")["rejects_files"]
            assert place["path"] == str(tmp_path.resolve() / "r.rejects.jsonl")
    assert statements > 6
    assert written
    check_run(engine, "r")
    assert (positions(engine, "r"), jobs(engine, "r")) == expected[:2]
    counts = run_ingest(engine, path, run="r").counts
    assert counts == Counts(before=3, rejected_before=1)
    assert counted(engine, "r") == (3, 2, 0, 1)
    assert (tmp_path / "r.rejects.jsonl").read_text("utf-8") == expected[2]
