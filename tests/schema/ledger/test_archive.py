"""Archive: only what is over, and back again."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select, update

from schema.database import reading, writing
from schema.database.clock import now
from schema.ledger.archive import UnfinishedRunError, archive, restore
from schema.ledger.cancel import cancel
from schema.ledger.dispatch import dispatch
from schema.ledger.replay import replay
from schema.tables import Run, RunState
from schema.verification import verify
from tests.support.ledger import make_run
from tests.support.working import work


def archived(engine: Engine, run: int) -> bool:
    with reading(engine) as connection:
        found = select(Run.archived_at).where(Run.id == run)
        return connection.execute(found).scalar_one() is not None


def test_a_finished_run_is_archived_and_comes_back(engine: Engine) -> None:
    run = make_run(engine, ["a", "b"])
    other = make_run(engine, ["a"], name="other")
    work(engine)
    assert archive(engine, run)
    assert not archive(engine, run)
    assert (archived(engine, run), archived(engine, other)) == (True, False)
    assert verify(engine) == []
    assert restore(engine, run)
    assert not restore(engine, run)
    assert not archived(engine, run)


def test_a_cancelled_run_is_archived(engine: Engine) -> None:
    run = make_run(engine, ["a"])
    with writing(engine) as connection:
        connection.execute(update(Run).values(state=RunState.INGESTING, ingested_at=None))
    cancel(engine, run)
    assert archive(engine, run)


def test_what_is_not_over_is_refused(engine: Engine) -> None:
    run = make_run(engine, ["a"])
    with pytest.raises(UnfinishedRunError, match="run run has jobs that are not done: archive it"):
        archive(engine, run)
    work(engine)
    for values, said in (
        ({"state": RunState.INGESTING}, "run run still takes rows in: archive it when"),
        ({"deleted_at": now()}, "run run is being deleted: triage delete run"),
    ):
        with writing(engine) as connection:
            connection.execute(update(Run).values(values))
        with pytest.raises(UnfinishedRunError, match=said):
            archive(engine, run)
    assert not archived(engine, run)


def test_what_is_replayed_of_it_is_done(engine: Engine) -> None:
    run = make_run(engine, ["a", "b"])
    work(engine, run, {"a"})
    archive(engine, run)
    assert replay(engine, run, job_size=8).total() == 1
    assert dispatch(engine, lambda *_jobs, urgent: None, "sentiment", 10) == 1
    assert work(engine, run) == 1
    assert archived(engine, run)
    assert verify(engine) == []
