"""A Redis that refuses is a Redis that is away: one node lives through every refusal there is, says
why once, and goes on.
"""

from __future__ import annotations

import contextlib
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from sqlalchemy import Engine

from schema.broker.app import KEY_PREFIX
from schema.broker.redis_keys import ASIDE, typed_keys
from tests.chaos.redis_server import RedisServer
from tests.end_to_end.node import PATIENCE, RunningNode, running_node
from tests.end_to_end.test_faults import Gate, done
from tests.safety.system import System, running_system
from tests.support.ledger import make_run
from tests.support.servers.refusals import REFUSALS, Refusal, overwriting
from tests.support.waiting import wait_until

APP = "tests.end_to_end.gated"
GOOD = "I love these shoes, they fit perfectly."
#: Answers with an error that a node lives to get: those to its work, and some to its trying again.
ENOUGH = 4
#: A server whose place another takes closes its connections first, and messages may be lost then.
OF_COURSE = re.compile("Redis does not answer|messages were lost and are sent again")
LOUD = re.compile(r"^\[[^\]]*: (?:WARNING|ERROR|CRITICAL)/.*", re.M)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def system(server: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """One node for all refusals: none of them ends it."""
    folder = tmp_path_factory.mktemp("refused")
    with running_system(
        folder, server.url, app=APP, upkeep=0.5, message_timeout=1, job_size=1
    ) as system:
        yield system


def loud(said: str) -> list[str]:
    """What a pager would show."""
    return LOUD.findall(said)


def in_the_midst(system: System, gate: Gate) -> int:
    """A run of which one job is computed, held up, and others wait; its id."""
    texts = [f"hold {gate.folder}", *[GOOD] * 5]
    run_id = make_run(system.engine, texts, job_size=1, name=uuid.uuid4().hex)
    wait_until(lambda: lives(system.node) and list(gate.folder.glob("begun-*")), PATIENCE)
    return run_id


def lives(node: RunningNode) -> bool:
    assert node.process.poll() is None, node.text()[-4000:]
    return True


def waits_for_messages(client: redis.Redis) -> bool:
    return any(one["cmd"] == "brpop" and "b" in one["flags"] for one in client.client_list())


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.code)
def test_a_node_waits_says_why_once_and_goes_on(
    system: System, server: RedisServer, tmp_path: Path, refusal: Refusal
) -> None:
    gate = Gate(tmp_path / "gate")
    run_id = in_the_midst(system, gate)
    before = len(system.node.text())

    def said() -> str:
        return system.node.text()[before:]

    def warned() -> list[str]:
        return [line for line in loud(said()) if not OF_COURSE.search(line)]

    with refusal.lasting(server) as count:
        gate.open()
        another = make_run(system.engine, [GOOD] * 3, job_size=1, name=uuid.uuid4().hex)
        wait_until(lambda: lives(system.node) and warned(), PATIENCE, "it says why")
        wait_until(
            lambda: lives(system.node) and ((times := count()) is None or times >= ENOUGH),
            PATIENCE,
            "it tries again",
        )
    system.wait(run_id)
    system.wait(another)
    assert lives(system.node)
    assert "Traceback" not in said()
    assert "secret" not in said()
    assert len(warned()) == 1, said()
    assert f"({refusal.code})" in warned()[0]


@pytest.mark.parametrize("key", ["unacked", "unacked_index", "sentiment", "_kombu.binding.triage"])
def test_a_key_of_ours_that_somebody_overwrites_is_moved_aside(
    system: System, server: RedisServer, tmp_path: Path, key: str
) -> None:
    """What it said stands in the ledger; what somebody wrote there can still be read."""
    gate = Gate(tmp_path / "gate")
    run_id = in_the_midst(system, gate)
    before = len(system.node.text())
    with overwriting(key)(server), server.client() as client:
        gate.open()
        if key == "_kombu.binding.triage":
            # Only who connects looks at it. A node whose child is busy waits for no message: then
            # kombu replaces the connection without a word, and nobody connects anew.
            system.wait(run_id)
            system.nothing_is_left()
        moved = f"in Redis {KEY_PREFIX}{key} was a string"

        def is_moved() -> bool:
            if lives(system.node) and moved in system.node.text():
                return True
            if key == "_kombu.binding.triage":
                cut_off_if_it_waits(client)
            return False

        wait_until(is_moved, PATIENCE)
    system.wait(run_id)
    assert lives(system.node)
    said = system.node.text()[before:]
    assert "Traceback" not in said
    with server.client() as client:
        assert client.get(f"{ASIDE}{key}") == b"somebody else's"
        for name, kind in typed_keys():
            assert client.type(name).decode() in (kind, "none"), name


def cut_off_if_it_waits(client: redis.Redis) -> None:
    """Cut all connections of a node that waits for messages."""
    if waits_for_messages(client):
        client.client_kill_filter(_type="normal", skipme=True)


def test_a_node_starts_and_ends_while_redis_refuses(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = RedisServer(tmp_path / "own")
    monkeypatch.setenv("TRIAGE_UPKEEP", "1")
    monkeypatch.setenv("TRIAGE_REDIS_URL", server.url)
    make_run(sqlite_engine, [GOOD])
    read_only, full = REFUSALS[:2]
    with contextlib.ExitStack() as end:
        end.callback(server.stop)
        with read_only.lasting(server):
            node = end.enter_context(running_node(tmp_path, ["sentiment"]))
            node.wait_for_text(f"({read_only.code})")
        wait_until(done(sqlite_engine), PATIENCE)
        assert len(loud(node.text())) == 1, node.text()
        with full.lasting(server):
            make_run(sqlite_engine, [GOOD], name="another")
            wait_until(lambda: len(loud(node.text())) == 2, PATIENCE, "it is said")
            node.process.terminate()
            assert node.process.wait(PATIENCE) == 0, node.text()
        assert "Traceback" not in node.text()
        assert len(loud(node.text())) == 2, node.text()
