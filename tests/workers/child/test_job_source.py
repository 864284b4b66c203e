"""Jobs computed together: one is begun before those before it are done, and no more than should."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Engine, update

from schema.database import writing
from schema.ledger.reap import LOST
from schema.process import this_process
from schema.tables import Job, JobState
from schema.worker_registry import register
from tests.support.burst import PATIENCE, Child, states
from tests.support.ledger import jobs, make_run
from tests.support.streamed import Streamed, analysis_of, labels
from tests.support.waiting import wait_until
from workers.child import job_source, prefetch
from workers.node.scoreboard import Scoreboard

DONE, RUNNING, PENDING = JobState.DONE, JobState.RUNNING, JobState.PENDING


def test_jobs_are_begun_while_others_are_computed_and_each_is_written_when_it_is_done(
    engine: Engine, streamed: Child
) -> None:
    make_run(engine, ["first", "second", "3", "44"], job_size=1)
    streamed.send()
    seen: list[list[tuple[str, int]]] = []
    streamed.analysis.on_forward["first"] = lambda: seen.append(states(engine))
    streamed.analysis.on_forward["44"] = lambda: wait_until(
        lambda: states(engine)[:3] == [(DONE, 1)] * 3, PATIENCE
    )
    streamed.work()
    assert seen == [[(RUNNING, 1)] * 4]
    assert states(engine) == [(DONE, 1)] * 4
    assert labels(engine) == ["5", "6", "1", "2"]
    assert analysis_of(streamed).alone == []
    assert streamed.deadline() == 0


def test_no_more_are_begun_than_are_wanted(engine: Engine, child: Child) -> None:
    child = Child(engine, Scoreboard(), Streamed(queue_target=2))
    make_run(engine, [str(number) for number in range(6)], job_size=1)
    child.send()
    begun: list[int] = []

    def look() -> None:
        begun.append(sum(job.started_at is not None for job in jobs(engine)))

    child.analysis.on_forward["0"] = look
    child.work()
    assert begun == [2]
    assert states(engine) == [(DONE, 1)] * 6


def test_a_stream_has_messages_sent_that_nobody_has_sent_yet(
    engine: Engine, streamed: Child
) -> None:
    make_run(engine, [str(number) for number in range(9)], job_size=1)
    streamed.send(1)
    streamed.work()
    assert states(engine) == [(DONE, 1)] * 9


def test_a_job_that_was_tried_before_goes_alone(engine: Engine, streamed: Child) -> None:
    make_run(engine, ["first", "second", "third"], job_size=1)
    with writing(engine) as connection:
        connection.execute(update(Job).where(Job.id == jobs(engine)[1].id).values(attempts=1))
    streamed.send()
    seen: list[list[int]] = []

    def look() -> None:
        seen.append([attempts for _, attempts in states(engine)])

    for text in ("first", "second", "third"):
        streamed.analysis.on_forward[text] = look
    streamed.work()
    # It is not begun while another is computed, and while it is, no other is even claimed.
    assert seen == [[1, 1, 0], [1, 2, 0]]
    assert analysis_of(streamed).alone == ["second"]
    assert states(engine) == [(DONE, 1), (DONE, 2), (JobState.QUEUED, 0)]
    assert streamed.messages.depth("sentiment") == 1


def test_where_one_attempt_is_all_there_is_every_job_goes_alone(
    engine: Engine, streamed: Child
) -> None:
    streamed = Child(engine, Scoreboard(), Streamed(), max_attempts=1)
    make_run(engine, ["first", "second"], job_size=1)
    streamed.send()
    streamed.work()
    # Nor is another taken ahead: the child might die of that.
    assert analysis_of(streamed).alone == ["first"]
    assert states(engine) == [(DONE, 1), (JobState.QUEUED, 0)]


def test_a_stream_has_so_many_jobs_at_the_most(
    engine: Engine, streamed: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_source, "MAX_JOBS", 3)
    make_run(engine, [str(number) for number in range(8)], job_size=1)
    begun: list[int] = []

    def look() -> None:
        open_ones = [job for job in jobs(engine) if job.started_at and job.state == RUNNING]
        begun.append(len(open_ones))

    for number in range(8):
        streamed.analysis.on_forward[str(number)] = look
    streamed.send()
    streamed.work()
    # One more may be done already, and not yet written.
    assert begun[0] == 3 and max(begun) <= 4
    assert states(engine) == [(DONE, 1)] * 8


def test_other_workers_have_their_share(engine: Engine, streamed: Child) -> None:
    others = replace(this_process(), machine="elsewhere")
    register(engine, "other/0", others, ["sentiment"], LOST)
    make_run(engine, [str(number) for number in range(8)], job_size=1)
    begun: list[int] = []

    def look() -> None:
        begun.append(sum(job.started_at is not None for job in jobs(engine)))

    streamed.analysis.on_forward["0"] = look
    streamed.send()
    streamed.work()
    assert begun == [4]


def test_a_job_too_long_on_its_way_is_not_joined_by_others(engine: Engine, streamed: Child) -> None:
    """Where one lane hangs, the others come to their end, and the parent sees it."""
    limits = streamed.context.settings.model_copy(update={"batch_timeout": -1.0})
    streamed.runner._context = replace(streamed.context, settings=limits)
    make_run(engine, ["a", "b", "c"], job_size=1)
    streamed.send()
    begun: list[int] = []

    def look() -> None:
        begun.append(sum(job.started_at is not None for job in jobs(engine)))

    streamed.analysis.on_forward["a"] = look
    streamed.work()
    assert begun == [1]
    assert states(engine) == [(DONE, 1)] * 3


def test_other_queues_of_the_node_have_their_turn(
    engine: Engine, child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_source, "BURST_SECONDS", 0)
    monkeypatch.setattr(prefetch, "URGENT_TURN", 0)
    child = Child(engine, Scoreboard(), Streamed(queue_target=2))
    child.engines["qa"] = child.engine
    make_run(engine, [str(number) for number in range(6)], job_size=1)
    child.send()
    asked: list[Callable[[], None]] = [lambda: child.messages.publish("qa", [999_999])]
    child.analysis.on_forward["2"] = lambda: asked.pop()()
    child.work()
    computed = len(child.computed)
    # Nobody else waited, so it went on; until somebody did. What was in hand then is done.
    assert 3 <= computed < 6
    assert [state for state, _ in states(engine)] == [DONE] * computed + [JobState.QUEUED] * (
        6 - computed
    )


@pytest.mark.parametrize(("part", "computed"), [(60.0, 6), (0.0, 1)])
def test_a_large_run_has_its_part_while_urgent_messages_wait_elsewhere(
    engine: Engine, child: Child, monkeypatch: pytest.MonkeyPatch, part: float, computed: int
) -> None:
    monkeypatch.setattr(prefetch, "LATER_TURN", part)
    monkeypatch.setattr(prefetch, "URGENT_TURN", 60.0)
    child = Child(engine, Scoreboard(), Streamed())
    child.engines["qa"] = child.engine
    make_run(engine, [str(number) for number in range(6)], job_size=1)
    child.messages.publish("qa", [999_999], urgent=True)
    child.messages.publish("sentiment", [job.id for job in jobs(engine)], urgent=False)
    child.work()
    assert len(child.computed) == computed
