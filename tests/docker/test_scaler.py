"""The query by which KEDA scales workers, asked of a real ledger as the role that only reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from sqlalchemy import Engine

from schema.access.reader_role import grant_reading
from schema.database import reading, writing
from schema.ledger.cancel import cancel
from schema.ledger.claim import claim
from schema.ledger.dispatch import dispatch
from schema.ledger.pause import pause
from schema.status.backlog import Phase, read_backlog
from tests.docker.manifests import read_objects
from tests.support.ledger import jobs, make_run
from tests.support.working import work

(TRIGGER,) = read_objects()["ScaledObject", "worker"]["spec"]["triggers"]
READER, PASSWORD = "scaler", "only-for-reading"


@pytest.fixture
def asked(engine: Engine) -> Iterator[Callable[[], float]]:
    """What the scaler is told."""
    grant_reading(engine, READER, PASSWORD)
    url = engine.url.set(drivername="postgresql", username=READER, password=PASSWORD)
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:

        def ask() -> float:
            (row,) = connection.execute(TRIGGER["metadata"]["query"]).fetchall()
            (value,) = row
            # KEDA takes one number, and no NULL.
            assert isinstance(value, float)
            return value

        yield ask
    with writing(engine) as owner:
        owner.exec_driver_sql(f"DROP OWNED BY {READER}; DROP ROLE {READER}")


def backlog(engine: Engine) -> int:
    """What the metrics say of the same."""
    with reading(engine) as connection:
        found = read_backlog(connection).documents
    held_back = (Phase.PAUSED, Phase.CANCELLED)
    return sum(
        one.in_flight + (0 if one.phase in held_back else one.waiting - one.blocked)
        for one in found
    )


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_it_is_what_workers_could_do_and_what_they_do(
    engine: Engine, asked: Callable[[], float]
) -> None:
    assert asked() == 0, "an empty ledger needs no worker"
    texts = [f"text {number}" for number in range(30)]
    make_run(engine, texts, ("language", "sentiment"), needs={"sentiment": ["language"]})
    assert asked() == backlog(engine) == 30, "what waits for its language is not ready"
    first = jobs(engine)[0]
    dispatch(engine, lambda *_, **__: None, first.analysis, window=2)
    assert claim(engine, first.id, first.analysis, "node/0", 30)
    assert asked() == backlog(engine) == 30, "sent and running ones count, too"
    paused = make_run(engine, texts, ("summary",), name="paused")
    cancelled = make_run(engine, texts, ("summary",), name="cancelled")
    assert asked() == backlog(engine) == 90
    pause(engine, paused)
    cancel(engine, cancelled)
    assert asked() == backlog(engine) == 30, "nobody can take what is held back"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_all_done_needs_no_worker(engine: Engine, asked: Callable[[], float]) -> None:
    make_run(engine, ["a", "b"])
    assert asked() == 2
    work(engine)
    assert asked() == backlog(engine) == 0
    assert float(TRIGGER["metadata"]["activationTargetQueryValue"]) == 0
