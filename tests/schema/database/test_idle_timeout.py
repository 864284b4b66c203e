"""A process that stops in the middle of a transaction does not hold its locks for ever."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from schema.database import open_engine, reading, writing
from schema.database.errors import is_passing
from tests.support.ledger import jobs, make_run
from tests.support.waiting import wait_until


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_transaction_in_which_nothing_happens_is_ended(engine: Engine, database_url: str) -> None:
    make_run(engine, ["a"])
    lock = text("UPDATE jobs SET failed = 1")
    stopped = open_engine(database_url, idle_timeout=0.2)

    def free() -> bool:
        with reading(engine) as connection:
            waiting = text("SELECT id FROM jobs FOR UPDATE SKIP LOCKED")
            return len(connection.execute(waiting).all()) == 1

    with pytest.raises(DBAPIError) as ended, writing(stopped) as connection:
        connection.execute(lock)
        assert not free()
        wait_until(free, 30)
        connection.execute(lock)
    assert is_passing(ended.value)
    assert jobs(engine)[0].failed == 0
    stopped.dispose()
