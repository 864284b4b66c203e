"""A child claims the sibling jobs of a message's, computes them in one pass, and writes each."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import Engine, update

from schema.database import reading, writing
from schema.ledger.cancel import cancel
from schema.ledger.pause import pause
from schema.options import RunOptions
from schema.tables import Job, JobState
from schema.verification import verify
from tests.support.burst import Child
from tests.support.ledger import jobs, make_run
from tests.support.shared_heads import Passes
from tests.support.sibling_jobs import ANALYSES, TEXTS, send, states, take, written
from workers.encoders.interface import Row

DONE, RUNNING, PENDING, QUEUED = (
    *(JobState.DONE, JobState.RUNNING, JobState.PENDING),
    JobState.QUEUED,
)


def expected_entities(child: Child, texts: Sequence[str]) -> int:
    """Texts in which the tiny model finds anything."""
    from tests.support.collected import documents_of

    found = child.engines["entities"].run(documents_of(list(texts)), RunOptions())
    return sum(bool(one) for one in found)


@pytest.mark.parametrize("lead", ANALYSES)
def test_one_message_does_the_jobs_of_both_in_one_pass(
    engine: Engine, sharing: Child, passes: Passes, lead: str
) -> None:
    make_run(engine, TEXTS, ANALYSES, job_size=2)
    send(engine, sharing)
    some = expected_entities(sharing, TEXTS)
    assert some
    passes.rows.clear()
    sharing.runner.run_message(lead, take(sharing, lead))
    assert {(state, attempts) for _, state, attempts in states(engine)} == {(DONE, 1)}
    assert sum(passes.rows) == len(TEXTS)
    assert written(engine) == (len(TEXTS), some)
    with reading(engine) as connection:
        assert verify(connection) == []


def test_the_messages_of_siblings_find_nothing_to_claim(
    engine: Engine, sharing: Child, passes: Passes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    make_run(engine, TEXTS, ANALYSES)
    send(engine, sharing)
    sharing.runner.run_message("sentiment", take(sharing))
    done = take(sharing, "entities")
    sharing.runner.run_message("entities", done)
    assert f"job {done}: nothing to claim" in caplog.text
    assert passes.rows == [len(TEXTS)]
    assert states(engine) == [("sentiment", DONE, 1), ("entities", DONE, 1)]


def test_a_sibling_that_is_done_or_elsewhere_is_not_in_it(
    engine: Engine, sharing: Child, passes: Passes
) -> None:
    make_run(engine, TEXTS, ANALYSES, job_size=2)
    _, done, _, elsewhere = jobs(engine)
    with writing(engine) as connection:
        for job, state in ((done, DONE), (elsewhere, RUNNING)):
            connection.execute(update(Job).where(Job.id == job.id).values(state=state))
    send(engine, sharing)
    sharing.runner.run_message("sentiment", take(sharing))
    assert [state for _, state, _ in states(engine)] == [DONE, DONE, DONE, RUNNING]
    assert written(engine) == (len(TEXTS), 0)
    assert sum(passes.rows) == len(TEXTS)


def test_a_job_that_was_tried_goes_by_itself_and_so_does_a_sibling_that_was(
    engine: Engine, sharing: Child, passes: Passes
) -> None:
    make_run(engine, TEXTS, ANALYSES)
    with writing(engine) as connection:
        connection.execute(update(Job).where(Job.analysis == "entities").values(attempts=1))
    send(engine, sharing)
    sharing.runner.run_message("sentiment", take(sharing))
    assert states(engine) == [("sentiment", DONE, 1), ("entities", QUEUED, 1)]
    sharing.runner.run_message("entities", take(sharing, "entities"))
    assert states(engine) == [("sentiment", DONE, 1), ("entities", DONE, 2)]
    assert sum(passes.rows) == 2 * len(TEXTS)


def test_where_one_attempt_is_all_there_is_no_sibling_comes_along(
    engine: Engine, sharing: Child
) -> None:
    alone = Child(engine, sharing.board, max_attempts=1)
    alone.engines.update(sharing.engines)
    make_run(engine, TEXTS, ANALYSES)
    send(engine, alone)
    alone.runner.run_message("sentiment", take(alone))
    assert states(engine) == [("sentiment", DONE, 1), ("entities", QUEUED, 0)]


def test_a_job_that_is_lost_is_not_written_and_its_sibling_is(
    engine: Engine, sharing: Child, passes: Passes
) -> None:
    make_run(engine, TEXTS, ANALYSES)
    send(engine, sharing)

    def lose(rows: Sequence[Row]) -> None:
        """As after a reaper and a claim elsewhere."""
        with writing(engine) as connection:
            lost = update(Job).where(Job.analysis == "sentiment")
            connection.execute(lost.values(fence=Job.fence + 1, worker="elsewhere"))

    passes.before = lose
    sharing.runner.run_message("sentiment", take(sharing))
    assert states(engine) == [("sentiment", RUNNING, 1), ("entities", DONE, 1)]
    assert written(engine)[0] == 0


def test_a_cancelled_run_has_nothing_written(
    engine: Engine, sharing: Child, passes: Passes
) -> None:
    run = make_run(engine, TEXTS, ANALYSES)
    send(engine, sharing)
    passes.before = lambda rows: cancel(engine, run)
    sharing.runner.run_message("sentiment", take(sharing))
    assert {state for _, state, _ in states(engine)} == {JobState.CANCELLED}
    assert written(engine) == (0, 0)


def test_a_run_that_is_paused_has_what_runs_finished(
    engine: Engine, sharing: Child, passes: Passes
) -> None:
    run = make_run(engine, TEXTS, ANALYSES)
    send(engine, sharing)
    passes.before = lambda rows: pause(engine, run)
    sharing.runner.run_message("sentiment", take(sharing))
    assert states(engine) == [("sentiment", DONE, 1), ("entities", DONE, 1)]


def test_a_prefetched_job_and_its_siblings_are_charged_when_they_begin(
    engine: Engine, sharing: Child, passes: Passes
) -> None:
    make_run(engine, TEXTS, ANALYSES, job_size=1)
    send(engine, sharing)
    sharing.runner.run_message("sentiment", take(sharing))
    assert {(state, attempts) for _, state, attempts in states(engine)} == {(DONE, 1)}
    assert sum(passes.rows) == len(TEXTS)


def test_a_prefetched_job_of_a_paused_run_goes_back_with_its_siblings(
    engine: Engine, sharing: Child, passes: Passes
) -> None:
    run = make_run(engine, TEXTS[:2], ANALYSES, job_size=1)
    send(engine, sharing)
    first = take(sharing)

    def stop(rows: Sequence[Row]) -> None:
        if sharing.context.prefetcher.is_pending:
            sharing.context.prefetcher._pending.result()  # type: ignore[union-attr]
        pause(engine, run)

    passes.before = stop
    sharing.runner.run_message("sentiment", first)
    counted: dict[str, set[tuple[str, int]]] = {}
    for analysis, state, attempts in states(engine):
        counted.setdefault(analysis, set()).add((state, attempts))
    assert counted == {name: {(DONE, 1), (PENDING, 0)} for name in ANALYSES}
