"""The overview of many runs: what is shown, what is counted, and in how many statements."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, event, update

from schema.database import open_engine, reading, writing
from schema.database.clock import now
from schema.status.overview import SHOWN, Overview, overview
from schema.tables import Job, JobState, Run, RunState
from tests.support.feedback import add_run
from tests.support.many_runs import counting, make_runs


def look(engine: Engine, shown: int | None = SHOWN) -> Overview:
    with reading(engine) as connection:
        return overview(connection, shown)


def names(found: Overview) -> list[str]:
    return [one.run for one in found.runs]


def test_statements_and_runs_shown_do_not_grow_with_the_runs(engine: Engine) -> None:
    counts = []
    for number, prefix in ((10, "few"), (990, "many")):
        make_runs(engine, number, state=JobState.PENDING, prefix=prefix)
        with counting(engine) as statements:
            found = look(engine)
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert len(found.runs) == 2 * SHOWN
    assert (found.more, found.more_unfinished) == (1000 - 2 * SHOWN, 1000 - 2 * SHOWN)
    assert (found.unfinished, found.archived) == (1000, 0)


def test_what_is_going_on_and_the_newest_are_shown(engine: Engine) -> None:
    runs = make_runs(engine, 10)
    with writing(engine) as connection:
        open_jobs = (
            (1, JobState.RUNNING),
            (2, JobState.PENDING),
            (3, JobState.QUEUED),
            (4, JobState.PENDING),
            (5, JobState.RUNNING),
        )
        for place, state in open_jobs:
            of_run = Job.run_id == runs[place]
            connection.execute(update(Job).where(of_run).values(state=state))
    found = look(engine, 3)
    # First those that workers are busy with, then the oldest.
    assert names(found) == [f"small{number}" for number in (9, 8, 7, 5, 2, 1)]
    assert (found.more, found.more_unfinished, found.unfinished) == (4, 2, 5)
    every = look(engine, None)
    assert names(every) == [f"small{number}" for number in range(9, -1, -1)]
    assert (every.more, every.more_unfinished, every.unfinished) == (0, 0, 5)


def test_a_run_that_takes_rows_in_is_going_on(engine: Engine) -> None:
    with writing(engine) as connection:
        ingesting: dict[str, Any] = {"state": RunState.INGESTING, "ingested_at": None}
        add_run(connection, "given up", **ingesting, cancelled_at=now())
        add_run(connection, "coming in", **ingesting)
    make_runs(engine, 2)
    found = look(engine, 1)
    assert names(found) == ["small1", "coming in"]
    assert (found.more, found.more_unfinished, found.unfinished) == (2, 0, 1)


def test_archived_runs_are_left_out_unless_something_is_going_on(engine: Engine) -> None:
    first, second, third = make_runs(engine, 3)
    with writing(engine) as connection:
        old = Run.id.in_([first, second])
        connection.execute(update(Run).where(old).values(archived_at=now()))
    found = look(engine)
    assert names(found) == ["small2"]
    assert (found.more, found.archived) == (0, 2)
    # A dead letter of it is replayed.
    with writing(engine) as connection:
        connection.execute(update(Job).where(Job.run_id == first).values(state=JobState.PENDING))
        connection.execute(update(Run).where(Run.id == third).values(deleted_at=now()))
    found = look(engine)
    assert names(found) == ["small2", "small0"]
    assert (found.more, found.archived, found.unfinished) == (0, 1, 1)
    every = look(engine, None)
    assert names(every) == ["small2", "small1", "small0"]
    assert every.archived == 0


def test_a_run_that_is_made_meanwhile_disturbs_nothing(engine: Engine) -> None:
    """On PostgreSQL each statement sees what others have written since the one before."""
    make_runs(engine, 1)
    others = open_engine(engine.url.render_as_string(hide_password=False))
    made: list[list[int]] = []

    def act(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "min(jobs.started_at)" in statement and not made:
            made.append(make_runs(others, 1, prefix="new"))

    event.listen(engine, "before_cursor_execute", act)
    try:
        assert names(look(engine, None)) == ["small0"]
    finally:
        event.remove(engine, "before_cursor_execute", act)
        others.dispose()
    assert made
    assert names(look(engine, None)) == ["new0", "small0"]
