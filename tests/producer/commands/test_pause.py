"""`triage pause` and `triage resume`: what they say, and that jobs are sent again."""

from __future__ import annotations

from sqlalchemy import Engine

from schema.ledger.cancel import cancel
from schema.tables import JobState
from tests.support.console import Triage
from tests.support.ledger import jobs, make_run
from tests.support.working import claim_all


def test_what_they_say(engine: Engine, triage: Triage, redis_url: str) -> None:
    run = make_run(engine, ["a"] * 3, job_size=1)
    assert triage("resume", "run").out == "run run was not paused; see: triage status run\n"
    ended = triage("pause", "run")
    assert (ended.code, ended.err) == (0, "")
    wait = "3 jobs wait, 0 are still running; go on with: triage resume run\n"
    assert ended.out == f"run run is paused: {wait}"
    assert triage("pause", "run").out == f"run run was paused already: {wait}"
    assert claim_all(engine) == []
    assert triage("status", "run").out.startswith("run run: paused, since ")
    ended = triage("resume", "run")
    assert (ended.code, ended.out) == (0, "run run goes on: 3 jobs wait\n")
    assert {job.state for job in jobs(engine)} == {JobState.QUEUED}
    cancel(engine, run)
    for command in ("pause", "resume"):
        ended = triage(command, "run")
        assert (ended.code, ended.out) == (2, "")
        assert ended.err == "triage: run run is cancelled, and that is for good\n"
