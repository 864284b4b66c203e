"""The database goes away, or its node ends, while a child has a job: it waits, or gives it back."""

from __future__ import annotations

import contextlib

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from schema.ledger.claim import claim_together
from schema.ledger.finish import finish as ledger_finish
from schema.tables import JobState
from tests.support.faulty_child import Make, written
from tests.support.ledger import jobs, make_run
from workers.child import ledger_client
from workers.child.heartbeat import Heartbeat
from workers.child.retry import NodeStopping
from workers.node.scoreboard import Scoreboard


@pytest.mark.parametrize("step", ["claim_together", "read_documents", "finish"])
def test_while_the_database_is_away_the_job_waits_and_goes_on(
    engine: Engine, runner: Make, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    make_run(engine, ["a"])
    real, left = (
        getattr(ledger_client, step),
        [OperationalError("SELECT", {}, Exception("gone"))] * 2,
    )

    def away(*arguments: object, **options: object) -> object:
        if left:
            raise left.pop()
        return real(*arguments, **options)

    monkeypatch.setattr(ledger_client, step, away)
    runner(None).run_message("sentiment", jobs(engine)[0].id)
    assert left == []
    assert (jobs(engine)[0].state, jobs(engine)[0].attempts) == (JobState.DONE, 1)
    assert written(engine) == 1


def test_a_node_that_ends_claims_nothing_more(
    engine: Engine, runner: Make, board: Scoreboard
) -> None:
    make_run(engine, ["a"])
    child = runner(None)
    board.stop(grace=60)
    with pytest.raises(NodeStopping):
        child.run_message("sentiment", jobs(engine)[0].id)
    assert jobs(engine)[0].attempts == 0


@pytest.mark.parametrize(
    ("grace", "state", "attempts"), [(60, JobState.DONE, 1), (0, JobState.PENDING, 0)]
)
def test_a_job_that_waits_for_the_database_has_the_grace_of_the_node(
    engine: Engine,
    runner: Make,
    board: Scoreboard,
    monkeypatch: pytest.MonkeyPatch,
    grace: float,
    state: JobState,
    attempts: int,
) -> None:
    make_run(engine, ["a"])
    away = [OperationalError("SELECT", {}, Exception("gone"))]

    def finish(*arguments: object) -> object:
        if away:
            board.stop(grace)
            raise away.pop()
        return ledger_finish(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(ledger_client, "finish", finish)
    # Its beat would end this very process when the time is up.
    monkeypatch.setattr(Heartbeat, "_give_back", lambda _beat: None)
    with pytest.raises(NodeStopping) if grace == 0 else contextlib.nullcontext():
        runner(None).run_message("sentiment", jobs(engine)[0].id)
    assert (jobs(engine)[0].state, jobs(engine)[0].attempts) == (state, attempts)


def test_a_child_that_is_told_to_end_by_itself_releases_its_job(
    engine: Engine, runner: Make
) -> None:
    """Billiard's handler of SIGTERM in a child raises SystemExit."""
    make_run(engine, ["a"])

    def told() -> None:
        raise SystemExit(0)

    with pytest.raises(SystemExit):
        runner(told).run_message("sentiment", jobs(engine)[0].id)
    assert (jobs(engine)[0].state, jobs(engine)[0].attempts) == (JobState.PENDING, 0)


def test_a_claim_whose_answer_was_lost_is_made_again_and_costs_no_attempt(
    engine: Engine, runner: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_run(engine, ["a"])
    cut = [True]

    def cut_after_commit(*arguments: object, **options: object) -> object:
        claimed = claim_together(*arguments, **options)  # type: ignore[arg-type]
        if cut:
            cut.clear()
            raise OperationalError("UPDATE", {}, Exception("connection lost"))
        return claimed

    monkeypatch.setattr(ledger_client, "claim_together", cut_after_commit)
    runner(None).run_message("sentiment", jobs(engine)[0].id)
    assert (jobs(engine)[0].state, jobs(engine)[0].attempts) == (JobState.DONE, 1)
