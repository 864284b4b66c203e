"""Whether large runs have a third of the workers: no clock is looked at."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from schema.database import reading
from schema.ledger.claim import claim
from schema.ledger.window import in_flight
from schema.tables import FIRST_DOCUMENTS
from tests.support.large_run import make_large_run
from tests.support.ledger import jobs, make_run

LARGE, SMALL = "large", "small"


@pytest.mark.parametrize(
    ("workers", "have"),
    [
        ([[]], False),
        ([[SMALL]], False),
        ([[LARGE]], True),
        ([[LARGE, SMALL]], True),
        ([[LARGE], [SMALL], [SMALL]], True),
        ([[LARGE], [SMALL], [SMALL], [SMALL]], False),
        ([[LARGE, SMALL], [LARGE, SMALL]], True),
        ([[LARGE, SMALL], [SMALL]], False),
    ],
)
def test_large_runs_have_their_part(
    sqlite_engine: Engine, workers: list[list[str]], have: bool
) -> None:
    large = make_large_run(sqlite_engine, 2 * FIRST_DOCUMENTS, 100)
    small = make_run(sqlite_engine, ["a"] * 10, job_size=1, name=SMALL)
    waiting = {LARGE: jobs(sqlite_engine, large), SMALL: jobs(sqlite_engine, small)}
    for number, held in enumerate(workers):
        for kind in held:
            job = waiting[kind].pop()
            assert claim(sqlite_engine, job.id, "sentiment", f"node/{number}", 3600)
    with reading(sqlite_engine) as connection:
        assert in_flight(connection, "sentiment").large_have_their_part is have
