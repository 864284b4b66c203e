"""A run that is deleted or cancelled while it is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from producer.ingest import Counts, IngestError, ingest, make_plan
from schema.database import reading
from schema.ledger.cancel import cancel
from schema.ledger.delete import begin_deletion, delete_run
from schema.settings import read_settings
from schema.status.runs import find_run
from schema.tables import DocumentRow, Run, RunDocument
from schema.tables import Job as JobTable
from tests.support.ingesting import (
    check_run,
    count,
    run_ingest,
    write_csv,
)


def stop_between_blocks(engine: Engine, path: Path, stop: Callable[[int], object]) -> str:
    """The error of an ingestion whose run is stopped after its first block."""
    config = read_settings().model_copy(update={"block_size": 10})

    def on_block() -> None:
        with reading(engine) as connection:
            run = find_run(connection, "r")
        stop(run)

    with pytest.raises(IngestError) as failure:
        ingest(engine, config, make_plan(config, [str(path)], run="r"), on_block=on_block)
    return str(failure.value)


def test_a_run_that_is_deleted_between_two_blocks_is_not_made_anew(
    engine: Engine, tmp_path: Path
) -> None:
    def delete(run: int) -> None:
        begin_deletion(engine, run)
        for _ in delete_run(engine, run):
            pass

    path = write_csv(tmp_path / "a.csv", [(n, f"text {n}") for n in range(25)])
    assert stop_between_blocks(engine, path, delete) == (
        "run r was deleted while its rows came in, and nothing of it is left; "
        "to take the rows in after all, run the same command again"
    )
    assert [count(engine, table) for table in (Run, RunDocument, DocumentRow, JobTable)] == [0] * 4
    assert run_ingest(engine, path, run="r").counts == Counts(stored=25)
    check_run(engine, "r")


def test_a_run_that_is_cancelled_between_two_blocks_does_not_promise_to_resume(
    engine: Engine, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "a.csv", [(n, f"text {n}") for n in range(25)])
    said = stop_between_blocks(engine, path, lambda run: cancel(engine, run))
    assert said == "run r is cancelled and takes no more rows; give another --run"
    assert count(engine, DocumentRow) == 10
