"""A worker's share of the jobs that are left."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from schema.database import reading
from schema.ledger import share as share_module
from schema.ledger.claim import claim
from schema.ledger.reap import LOST
from schema.ledger.share import share
from schema.process import this_process
from schema.worker_registry import not_ready, register
from tests.support.ledger import jobs, make_run


def of(engine: Engine, held: int) -> int:
    with reading(engine) as connection:
        return share(connection, "summary", held)


def a_worker(engine: Engine, name: str, *analyses: str) -> None:
    process = replace(this_process(), machine=name)
    register(engine, name, process, analyses, LOST)


@pytest.mark.parametrize(("workers", "expected"), [(0, 10), (1, 10), (2, 5), (3, 4), (20, 1)])
def test_jobs_that_are_left_are_shared_by_those_who_take_them(
    engine: Engine, workers: int, expected: int
) -> None:
    make_run(engine, [str(number) for number in range(10)], ("summary", "qa"), job_size=1)
    for number in range(workers):
        a_worker(engine, f"w{number}/0", "summary", "qa")
    a_worker(engine, "other/0", "qa")
    assert of(engine, held=0) == expected


def test_what_others_have_in_hand_is_not_shared_and_ones_own_is(engine: Engine) -> None:
    make_run(engine, [str(number) for number in range(10)], ("summary",), job_size=1)
    for number in range(2):
        a_worker(engine, f"w{number}/0", "summary")
    for job in jobs(engine)[:4]:
        assert claim(engine, job.id, "summary", "w0/0", 30)
    assert of(engine, held=4) == 5
    assert of(engine, held=0) == 3


def test_who_cannot_work_has_no_share(engine: Engine) -> None:
    make_run(engine, [str(number) for number in range(10)], ("summary",), job_size=1)
    for number in range(2):
        a_worker(engine, f"w{number}/0", "summary")
    not_ready(engine, "w1/0", "no model", None)
    assert of(engine, held=0) == 10


def test_everybody_may_have_one_and_nobody_all(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert of(engine, held=0) == 1
    monkeypatch.setattr(share_module, "MAX_JOBS", 3)
    make_run(engine, [str(number) for number in range(10)], ("summary",), job_size=1)
    assert of(engine, held=0) == 3
