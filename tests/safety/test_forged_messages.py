"""Messages that nobody of us sent: dropped with one line in the log, and the node goes on."""

from __future__ import annotations

import bz2
import json
import pickle
import zlib
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from schema.broker.app import KEY_PREFIX, make_app
from schema.settings import Settings
from tests.end_to_end.node import PATIENCE
from tests.safety.forging import MARKER, Exploit, encoded, forged, message
from tests.safety.system import System, running_system
from tests.support.ledger import jobs, make_run
from tests.support.waiting import wait_until

DROPPED = "dropped a message of "
#: Bytes of memory that no message may cost a node for good.
ROOM = 150 * 2**20
FOREIGN = (
    *("celery.backend_cleanup", "celery.chord_unlock", "celery.chord", "celery.accumulate"),
    *("celery.map", "celery.starmap", "celery.chunks", "celery.group", "celery.chain"),
    *("os.system", "triage.qa", "triage.sentiment.", "TRIAGE.sentiment", "", MARKER),
)
WRONG = ("1", MARKER, [1], {"id": 1}, 1.0, True, None, -1, 0, 2**63, 2**70, 1e400)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory, redis_server: str) -> Iterator[System]:
    # No upkeep: whatever is done, a message of the test has done.
    with running_system(tmp_path_factory.mktemp("forged"), redis_server, upkeep=3600) as system:
        yield system


def drops(system: System, *raw: bytes | str) -> None:
    """The node drops each with a line that quotes nothing, and does the next real job."""
    before = len(system.node.text())
    system.push(*raw)
    system.goes_on()
    said = system.node.text()[before:]
    assert said.count(DROPPED) == len(raw), said
    assert MARKER not in said and "Traceback" not in said


def test_what_is_no_message(system: System) -> None:
    drops(system, MARKER, b"", b"\xff\xfe\x00" + MARKER.encode(), "[" * 10_000, b"\x80\x04N.")
    drops(system, "42", "[]", "{}", "null", '"text"', "NaN", "9" * 5_000, f'{{"a": "{MARKER}"}}')
    typed = {"__type__": "datetime", "__value__": 42}
    drops(system, json.dumps(typed), json.dumps(message(typed)))


def test_an_envelope_that_lacks_something_or_has_something_else(system: System) -> None:
    whole = message(10**9)
    wrongs: list[Any] = [None, 7, [], {}, MARKER]
    for key in ("headers", "properties", "body", "content-type"):
        drops(system, json.dumps({name: value for name, value in whole.items() if name != key}))
        drops(system, *(forged(**{key: wrong}) for wrong in wrongs))
    for number in (*wrongs, "x" * 36, whole["headers"]["id"] + MARKER):
        drops(system, forged(headers=whole["headers"] | {"id": number}))


def test_a_body_that_is_not_json(system: System, tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    pickled = b64encode(pickle.dumps(Exploit(touched))).decode()
    yaml = b64encode(f"!!python/object/apply:os.mkdir ['{touched}']".encode()).decode()
    for name in ("application/x-python-serialize", "application/x-yaml", "application/x-msgpack"):
        for body in (pickled, yaml, str(message(10**9)["body"])):
            drops(system, forged(**{"content-type": name}, body=body))
    drops(system, forged(body=pickled), forged(body=yaml), forged(body="%%%"))
    drops(system, forged(body=MARKER), forged(body=encoded(MARKER)), forged(body=encoded({})))
    assert not touched.exists()


@pytest.mark.parametrize("name", FOREIGN)
def test_tasks_that_are_not_of_this_queue(system: System, name: str) -> None:
    drops(system, json.dumps(message(10**9, name)))


def test_arguments_that_are_no_id(system: System) -> None:
    drops(system, *(json.dumps(message(wrong)) for wrong in WRONG))
    for args, kwargs in (
        ([], {}),
        ([1, 2], {}),
        ([1], {"job_id": 1}),
        ([], {"job_id": 1}),
        ({"1": 1}, {}),
        (1, {}),
        ([1], []),
        ([1], None),
    ):
        drops(system, forged(body=encoded([args, kwargs, {}])))
    drops(system, forged(body=encoded([[1], {}])), forged(body=encoded({"args": [1]})))


def test_ids_that_are_nobodys_or_of_another_analysis(system: System) -> None:
    run_id = make_run(system.engine, ["Who?"], ["qa"])
    (job,) = jobs(system.engine, run_id)
    system.push(*(json.dumps(message(number)) for number in (job.id, 10**9, 2**63 - 1)))
    system.goes_on()
    assert system.node.text().count("nothing to claim") >= 3
    (untouched,) = jobs(system.engine, run_id)
    assert (untouched.state, untouched.attempts) == ("pending", 0)


@pytest.mark.parametrize(
    "headers",
    [
        {"timelimit": [0.001, 0.001]},
        {"eta": "2036-01-01T00:00:00+00:00"},
        {"eta": MARKER},
        {"expires": "2020-01-01T00:00:00+00:00"},
        {"expires": [MARKER]},
        {"retries": 10**9},
        {"ignore_result": False},
        {"root_id": [MARKER], "parent_id": {}, "group": MARKER, "group_index": MARKER},
        {"lang": "c++", "shadow": MARKER, "argsrepr": MARKER, "kwargsrepr": [MARKER]},
        {"stamped_headers": [[]], "stamps": 7, "meth": MARKER, "origin": MARKER},
        {"compression": "application/x-bz2"},
    ],
)
def test_headers_change_nothing(system: System, headers: dict[str, Any]) -> None:
    runs_in_spite_of(system, {}, {"headers": headers})


def test_neither_do_properties_nor_signatures_to_call(system: System) -> None:
    signature = {"task": "triage.sentiment", "args": [MARKER], "options": {}, "kwargs": {}}
    embedded = {"callbacks": [signature], "errbacks": [signature], "chord": signature}
    runs_in_spite_of(system, embedded | {"chain": [signature]}, {})
    delivery = {"exchange": MARKER, "routing_key": MARKER, "redelivered": MARKER}
    for properties in (
        {"reply_to": MARKER, "correlation_id": MARKER, "priority": MARKER},
        {"delivery_tag": [MARKER], "delivery_info": delivery, "body_encoding": MARKER},
    ):
        runs_in_spite_of(system, {}, {"properties": properties})


def runs_in_spite_of(system: System, embedded: object, parts: dict[str, Any]) -> None:
    """The message's job is done once, at once, and leaves nothing behind."""
    before = len(system.node.text())
    run_id = make_run(system.engine, ["It broke."], ["sentiment"], name=f"run {before}")
    (job,) = jobs(system.engine, run_id)
    sent = message(job.id)
    sent["body"] = encoded([[job.id], {}, embedded])
    for part, changes in parts.items():
        sent[part] |= changes
    system.push(json.dumps(sent))
    system.wait(run_id)
    assert [job.attempts for job in jobs(system.engine, run_id)] == [1]
    system.goes_on()
    assert MARKER not in system.node.text()[before:]
    assert not [key for key in system.redis.scan_iter() if MARKER in key.decode()]


def test_huge_messages_and_bombs(system: System) -> None:
    before = system.memory()
    bombs = {"bz2": bz2.compress(bytes(2**25)) * 64, "zlib": zlib.compress(bytes(2**23), 9)}
    for name, bomb in bombs.items():
        sent = message(10**9)
        sent["headers"]["compression"] = f"application/x-{name}"
        sent["body"] = b64encode(bomb).decode()
        assert len(json.dumps(sent)) < 16_384
        drops(system, json.dumps(sent))
    assert system.memory() - before < ROOM
    drops(system, MARKER * (50 * 2**20 // len(MARKER)))


def test_broadcasts_and_unacknowledged_messages(
    system: System, redis_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_REDIS_URL", redis_server)
    app = make_app(Settings())
    assert system.redis.pubsub_numpat()
    channel = f"{KEY_PREFIX}/0.celery.pidbox"
    bomb = forged(headers={"compression": "bzip2"}, body=b64encode(b"BZh").decode())
    odd = json.dumps({"__type__": "decimal", "__value__": MARKER})
    for raw in (MARKER, "42", "{}", odd, forged(body=MARKER), forged(properties={}), bomb):
        assert system.redis.publish(channel, raw)
    queue = {"queue": "foreign", "exchange": "foreign", "routing_key": "foreign"}
    app.control.broadcast("add_consumer", arguments=queue)
    system.push(json.dumps(message(10**9, "celery.map")), queue="foreign")
    for order in ("shutdown", "pool_shrink", "pool_restart", "terminate", "memdump", MARKER[:6]):
        app.control.broadcast(order)
    assert app.control.ping(timeout=PATIENCE, limit=1)
    assert system.redis.llen(f"{KEY_PREFIX}foreign") == 1

    stolen = json.dumps([message(10**9) | {"origin": MARKER}, "", MARKER])
    for number, raw in enumerate((MARKER, "{}", json.dumps([MARKER, 1, []]), stolen)):
        system.redis.hset(f"{KEY_PREFIX}unacked", str(number), raw)
        system.redis.zadd(f"{KEY_PREFIX}unacked_index", {str(number): 0})
    wait_until(lambda: not system.redis.exists(f"{KEY_PREFIX}unacked"), PATIENCE, "thrown away")
    system.goes_on()
    assert MARKER not in system.node.text()
