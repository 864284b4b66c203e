"""Why Redis cannot be used: the code, what to do, and never what was in the command."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis
from kombu.exceptions import BatchPublishError
from pydantic import SecretStr

from schema.broker.app import KEY_PREFIX, make_app
from schema.broker.messages import BrokerError, Messages
from schema.broker.redis_keys import ASIDE, move_aside, typed_keys
from schema.broker.refusals import MEANING, reason_of, refusal_code
from schema.settings import Settings
from tests.chaos.redis_server import RedisServer
from tests.support.servers.refusals import REFUSALS, Refusal

#: Of the others one concerns who waits for messages, and one calls itself READONLY to a sender.
TO_SENDERS = [one for one in REFUSALS if one.code not in ("NOPERM", "MASTERDOWN")]
SECRET = "harmlessfeldspar"


def wrapped(error: Exception) -> Exception:
    """As kombu has it, of a batch."""
    outer = BatchPublishError("Redis publish batch failed")
    outer.__cause__ = error
    return outer


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (redis.exceptions.ReadOnlyError("You can't write", status_code="READONLY"), "READONLY"),
        (redis.ResponseError("NOREPLICAS Not enough good replicas to write."), "NOREPLICAS"),
        (redis.ResponseError("MISCONF Redis is configured to save RDB snapshots"), "MISCONF"),
        (
            redis.ResponseError(
                f"Command # 1 (LPUSH sentiment OOM {SECRET}) of pipeline caused error: "
                "WRONGTYPE Operation against a key holding the wrong kind of value"
            ),
            "WRONGTYPE",
        ),
        (
            redis.ResponseError(
                "Error running script (call to f_1): @user_script:2: -OOM command not allowed",
                status_code="ERR",
            ),
            "OOM",
        ),
        (redis.ResponseError(f"unknown command {SECRET}", status_code="ERR"), "ERR"),
        (redis.ResponseError(SECRET), "ERR"),
        (redis.exceptions.BusyLoadingError("Redis is loading", status_code="LOADING"), "LOADING"),
    ],
)
def test_a_reply_is_told_by_its_code(error: Exception, code: str) -> None:
    for one in (error, wrapped(error)):
        assert refusal_code(one) == code
        assert reason_of(one).startswith(f"Redis refuses ({code})")
        assert MEANING.get(code, "see Redis's own log") in reason_of(one)
        assert SECRET not in reason_of(one)


def test_no_reply_is_no_refusal() -> None:
    error = wrapped(redis.ConnectionError(SECRET))
    assert refusal_code(error) is None
    assert reason_of(error) == "Redis does not answer (BatchPublishError)"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("refusing"))
    yield server
    server.stop()


@pytest.mark.parametrize("refusal", TO_SENDERS, ids=lambda refusal: refusal.code)
def test_whoever_sends_is_told_by_what_a_real_server_says(
    server: RedisServer, refusal: Refusal
) -> None:
    messages = Messages(make_app(Settings(redis_url=SecretStr(server.url)), redis_timeout=5))
    messages.publish("sentiment", [1])
    with refusal.lasting(server):
        for ask in (lambda: messages.publish("sentiment", [2]), messages.probe):
            with pytest.raises(BrokerError, match=rf"\({refusal.code}\)"):
                ask()
    messages.publish("sentiment", [3])
    messages.probe()


def test_keys_of_another_type_are_moved_aside(redis_url: str) -> None:
    client = redis.Redis.from_url(redis_url)
    for key, kind in typed_keys():
        if kind == "hash":
            client.set(key, key)
        else:
            client.hset(key, "field", key)
    client.set(f"{KEY_PREFIX}another", "kept")
    messages = Messages(make_app(Settings(redis_url=SecretStr(redis_url)), redis_timeout=5))
    with pytest.raises(BrokerError, match=r"\(WRONGTYPE\)"):
        messages.depth("sentiment")
    assert messages.depth("sentiment") == 0
    messages.publish("sentiment", [1])
    assert messages.depth("sentiment") == 1
    assert client.hget(f"{ASIDE}sentiment", "field") == f"{KEY_PREFIX}sentiment".encode()
    assert client.get(f"{KEY_PREFIX}another") == b"kept"
    assert move_aside(client) == []
