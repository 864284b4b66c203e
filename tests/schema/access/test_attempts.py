"""Attempts to log in: no more get through at once than one after the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, func, select

from schema.access.attempts import (
    MOST_OF_BOTH,
    MOST_OF_NAME,
    begin_attempt,
    network_of,
    take_back,
)
from schema.database import reading
from schema.tables import LoginAttempt


def count(engine: Engine) -> int:
    with reading(engine) as connection:
        return connection.execute(select(func.count(LoginAttempt.id))).scalar_one()


def test_attempts_at_the_same_moment_do_not_get_through_together(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: begin_attempt(engine, "ann", "192.0.2.1"), range(24)))
    allowed = [one for one in found if one is not None]
    # Those that are being refused count for a moment, too.
    assert len(allowed) <= MOST_OF_BOTH
    assert count(engine) == len(allowed)
    while begin_attempt(engine, "ann", "192.0.2.1") is not None:
        pass
    assert count(engine) == MOST_OF_BOTH
    assert begin_attempt(engine, "vic", "192.0.2.1") is not None
    assert begin_attempt(engine, "ann", "192.0.2.2") is not None


def test_one_that_did_not_fail_does_not_count(sqlite_engine: Engine) -> None:
    for _ in range(3 * MOST_OF_BOTH):
        number = begin_attempt(sqlite_engine, "ann", "192.0.2.1")
        assert number is not None
        take_back(sqlite_engine, number)
    assert count(sqlite_engine) == 0


def test_a_name_is_guessed_from_many_addresses_only_so_often(sqlite_engine: Engine) -> None:
    addresses = [f"198.51.{place // 250}.{place % 250}" for place in range(MOST_OF_NAME + 1)]
    found = [begin_attempt(sqlite_engine, "ann", one) for one in addresses]
    assert None not in found[:-1] and found[-1] is None


def test_no_name_that_was_tried_is_kept(sqlite_engine: Engine) -> None:
    begin_attempt(sqlite_engine, "hunter2", "192.0.2.1")
    with reading(sqlite_engine) as connection:
        assert b"hunter2" not in connection.execute(select(LoginAttempt.name_hash)).scalar_one()


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("unknown", "unknown"),
    ],
)
def test_a_host_is_known_by_its_network(address: str, network: str) -> None:
    assert network_of(address) == network
