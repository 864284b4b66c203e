"""Whatever goes wrong when messages are sent, the ingest that has stored its jobs goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.exc import OperationalError

from producer.dispatcher import Dispatcher
from schema.database import reading
from schema.settings import read_settings
from schema.tables import Job, JobState, Run, RunState
from tests.support.console import Triage
from tests.support.ingesting import write_csv
from tests.support.ledger import jobs, make_run


def refusing(engine: Engine, error: Exception) -> None:
    """The database refuses to say what is to be sent."""

    def refuse(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        if "first_position <" in statement:
            raise error

    event.listen(engine, "before_cursor_execute", refuse)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            OperationalError("select", None, Exception("deadlock detected\nmore")),
            "deadlock detected",
        ),
        (IndexError("list index out of range"), "IndexError"),
    ],
)
def test_it_warns_in_a_sentence_and_once(
    sqlite_engine: Engine, redis_url: str, error: Exception, said: str
) -> None:
    make_run(sqlite_engine, ["a"])
    warnings: list[str] = []
    broker = Dispatcher(sqlite_engine, read_settings(), warnings.append)
    refusing(sqlite_engine, error)
    for _ in range(3):
        broker.dispatch(["sentiment"])
    assert warnings == [
        f"no messages were sent ({said}): the jobs are stored, and a worker will find them"
    ]
    assert jobs(sqlite_engine)[0].state == JobState.PENDING


def test_an_ingest_goes_on_without_a_traceback(
    sqlite_engine: Engine,
    redis_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fails(*_arguments: object) -> None:
        raise IndexError

    monkeypatch.setattr("producer.dispatcher.dispatch", fails)
    monkeypatch.setenv("TRIAGE_BLOCK_SIZE", "10")
    path = write_csv(tmp_path / "a.csv", [(n, f"text {n}") for n in range(40)])
    ended = Triage(monkeypatch, capsys)("ingest", str(path), "--run", "r")
    assert ended.code == 0
    assert ended.err.count("no messages were sent (IndexError)") == 1
    assert "Traceback" not in ended.err
    with reading(sqlite_engine) as connection:
        run = connection.execute(select(Run.state, Run.stored)).one()
        states = connection.execute(select(Job.state).distinct()).scalars().all()
    assert (run.state, run.stored) == (RunState.INGESTED, 40)
    assert sorted(states) == [JobState.BLOCKED, JobState.PENDING]
