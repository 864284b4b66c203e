"""The servers that tests are given."""

from __future__ import annotations

import psycopg
import pytest


def test_a_postgresql_that_logs_more_than_a_pipe_holds_goes_on(postgres: str) -> None:
    with psycopg.connect(f"{postgres}/postgres", autocommit=True) as connection:
        for _ in range(100):
            # The statement is logged with its error.
            with pytest.raises(psycopg.errors.UndefinedColumn):
                connection.execute(f"SELECT nothing /* {'x' * 1000} */")
