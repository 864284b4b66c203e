"""Four processes write at once: none is told that the database is locked, no job is done twice."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sqlalchemy import Engine

from schema.tables import JobState
from schema.verification import verify
from tests.support.ledger import jobs, make_run

pytestmark = pytest.mark.slow


def test_four_writers_share_the_work(engine: Engine, database_url: str) -> None:
    run_id = make_run(engine, ["a"] * 400, job_size=2)
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.support.writer", database_url, f"node/{number}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    said = [writer.communicate(timeout=300) for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * 4, said
    assert sum(int(out) for out, _ in said) == 200
    assert {(job.state, job.attempts) for job in jobs(engine)} == {(JobState.DONE, 1)}
    assert verify(engine, run_id) == []
