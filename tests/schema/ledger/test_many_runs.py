"""What a step costs does not grow with the number of runs: statements, and the database's own work.

SQLite counts the instructions of its virtual machine, on any machine the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, select, update

from schema.database import reading, writing
from schema.database.clock import now
from schema.ledger import waiting
from schema.ledger.begin import begin
from schema.ledger.claim import claim
from schema.ledger.dispatch import dispatch
from schema.ledger.resend import find_unclaimed, resend
from schema.ledger.share import share
from schema.tables import FIRST_DOCUMENTS, Job, JobState, Run, RunState
from tests.support.ledger import jobs

FEW, MANY = 10, 1_000


def make_runs(engine: Engine, count: int, begin: int) -> None:
    """Runs of two jobs from position `begin` on, without documents, which no step looks at."""
    run: dict[str, Any] = {"state": RunState.INGESTED, "analyses": ["sentiment"], "options": {}}
    run |= dict.fromkeys(("read", "stored"), begin + 10) | dict.fromkeys(
        ("duplicate", "rejected"), 0
    )
    with writing(engine) as connection:
        before = len(connection.execute(select(Run.id)).all())
        names = [run | {"name": f"run {before + n}"} for n in range(count)]
        connection.execute(insert(Run).values(created_at=now()), names)
        ids = connection.execute(select(Run.id).order_by(Run.id).offset(before)).scalars().all()
        job: dict[str, Any] = {"analysis": "sentiment", "state": JobState.PENDING}
        job |= dict.fromkeys(("attempts", "fence", "failed"), 0)
        connection.execute(
            insert(Job),
            [
                job | {"run_id": run_id, "first_position": first, "end_position": first + 5}
                for run_id in ids
                for first in (begin, begin + 5)
            ],
        )


@dataclass
class Cost:
    """Of a step."""

    statements: int = 0
    instructions: int = 0


@contextmanager
def counted(engine: Engine) -> Iterator[Cost]:
    cost = Cost()

    def statement(*_arguments: object, **_options: object) -> None:
        cost.statements += 1

    def instruction() -> int:
        cost.instructions += 1
        return 0

    def checked_out(driver: Any, *_others: object) -> None:
        if engine.dialect.name == "sqlite":
            driver.set_progress_handler(instruction, 1)

    def checked_in(driver: Any, *_others: object) -> None:
        if engine.dialect.name == "sqlite":
            driver.set_progress_handler(None, 0)

    listeners = {
        "before_cursor_execute": statement,
        "checkout": checked_out,
        "checkin": checked_in,
    }
    for name, listener in listeners.items():
        event.listen(engine, name, listener)
    yield cost
    for name, listener in listeners.items():
        event.remove(engine, name, listener)


def costs(engine: Engine, step: Callable[[], object]) -> Cost:
    with counted(engine) as cost:
        assert step()
    return cost


def nowhere(_analysis: str, _job_ids: Sequence[int], /, *, urgent: bool) -> None:
    """Redis, without one."""


def steps(engine: Engine) -> list[Cost]:
    """What each step costs, one after the other."""

    def shared() -> int:
        with reading(engine) as connection:
            return share(connection, "sentiment", 1)

    found = [costs(engine, lambda: dispatch(engine, nowhere, "sentiment", window=8))]
    queued, other = [job.id for job in jobs(engine) if job.state == JobState.QUEUED][:2]
    found.append(costs(engine, lambda: claim(engine, queued, "sentiment", "n/0", 30, ahead=True)))
    held = claim(engine, other, "sentiment", "n/0", 30, ahead=True)
    assert held
    found.append(costs(engine, lambda: begin(engine, held)))
    found.append(costs(engine, shared))
    found.append(costs(engine, lambda: dispatch(engine, nowhere, "sentiment", window=9)))
    found.append(
        costs(engine, lambda: resend(engine, find_unclaimed(engine, "sentiment", 0, -1.0), -1.0))
    )
    with writing(engine) as connection:
        connection.execute(update(Job).values(state=JobState.PENDING, started_at=None))
    return found


@pytest.mark.parametrize(("begin", "paused"), [(0, False), (0, True), (FIRST_DOCUMENTS, False)])
def test_a_step_costs_the_same_with_a_hundred_times_the_runs(
    engine: Engine, begin: int, paused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "MOST_RUNS", FEW)
    make_runs(engine, FEW, begin)
    few = steps(engine)
    make_runs(engine, MANY - FEW, begin)
    if paused:
        # Behind those that are not.
        with writing(engine) as connection:
            connection.execute(update(Run).where(Run.id > FEW).values(paused_at=now()))
    many = steps(engine)
    assert [cost.statements for cost in many] == [cost.statements for cost in few]
    # With BEGIN, where SQLite has it.
    assert max(cost.statements for cost in many) <= 7
    if engine.dialect.name == "sqlite":
        for before, after in zip(few, many, strict=True):
            assert after.instructions < 2 * before.instructions + 500, (few, many)
