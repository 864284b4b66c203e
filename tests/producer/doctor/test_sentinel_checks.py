"""`triage doctor` of a Redis that Sentinels watch, all of them real; and messages through them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from kombu import pools

from producer.doctor.check import Check, Verdict
from producer.doctor.redis_checks import redis_checks
from producer.doctor.sentinel_checks import sentinel_checks
from schema.broker.app import make_app
from schema.broker.messages import BrokerError, Messages
from schema.settings import read_settings
from tests.hosts.sentinels import ADDRESS, NAME, WatchedRedis

pytestmark = [pytest.mark.slow, pytest.mark.server]

PASSWORD = "of-the-sentinels"


@pytest.fixture
def watched(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WatchedRedis]:
    watched = WatchedRedis(tmp_path_factory.mktemp("watched"), PASSWORD)
    monkeypatch.setenv("TRIAGE_REDIS_URL", watched.url)
    yield watched
    watched.stop()


def said() -> Check:
    (check,) = sentinel_checks(read_settings())
    assert PASSWORD not in check.said
    return check


def test_one_sentinel_after_the_other_is_missed(watched: WatchedRedis) -> None:
    primary = f"{ADDRESS}:{watched.primary.port}"
    found = said()
    assert (found.verdict, found.said) == (Verdict.FINE, f"3 of 3 answer, primary {primary}")
    assert {check.verdict for check in redis_checks(read_settings())} == {Verdict.FINE}
    watched.end_sentinel(0)
    found = said()
    assert found.verdict == Verdict.WARNING
    assert f"2 of 3 answer, primary {primary}; start {ADDRESS}:{watched.ports[0]}" in found.said
    for number in (1, 2):
        watched.end_sentinel(number)
    found = said()
    assert (found.verdict, found.said.startswith("none answers: ")) == (Verdict.WRONG, True)
    # Who is connected to the primary needs them no longer.
    pools.reset()
    (redis,) = redis_checks(read_settings())
    assert redis.verdict == Verdict.WRONG and "no Sentinel names a primary" in redis.said


def test_another_name_or_password(watched: WatchedRedis, monkeypatch: pytest.MonkeyPatch) -> None:
    url = watched.url
    monkeypatch.setenv("TRIAGE_REDIS_URL", url.replace(f"master_name={NAME}", "master_name=other"))
    found = said()
    assert found.verdict == Verdict.WRONG and "correct master_name" in found.said
    monkeypatch.setenv("TRIAGE_REDIS_URL", url.replace(PASSWORD, "x"))
    found = said()
    assert found.verdict == Verdict.WRONG and "another sentinel_password" in found.said


def test_messages_follow_the_primary(watched: WatchedRedis) -> None:
    """One connection before and after, as a node's maintenance keeps it."""
    messages = Messages(make_app(read_settings(), 3.0))
    messages.publish("sentiment", [1, 2, 3])
    assert messages.depth("sentiment") == 3
    successor = watched.other
    watched.primary.kill()
    with pytest.raises(BrokerError):
        messages.publish("sentiment", [4])
    watched.wait_for_primary(successor)
    messages.publish("sentiment", [5])
    assert messages.depth("sentiment") in (1, 4), "what was not yet copied is lost"
