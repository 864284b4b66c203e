"""`triage doctor`: each fault is made for real, and named with what to do."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from sqlalchemy import Engine, text, update

from schema.database import writing
from schema.database.clock import after
from schema.ledger.reap import LOST
from schema.process import this_process
from schema.tables import JobState, Worker
from schema.worker_registry import not_ready, ready, register
from tests.support.console import Triage
from tests.support.feedback import add_job, add_run

pytestmark = pytest.mark.slow

Doctor = Callable[..., dict[str, tuple[str, str]]]


@pytest.fixture
def doctor(triage: Triage) -> Doctor:
    """Runs it; returns verdict and sentence of each check, and holds its exit code to them."""

    def run(*arguments: str) -> dict[str, tuple[str, str]]:
        ended = triage("doctor", "--json", *arguments)
        said = json.loads(ended.out)
        found = {one["about"]: (one["verdict"], one["said"]) for one in said["checks"]}
        wrong = [one for one in found.values() if one[0] == "wrong"]
        assert (ended.code, said["wrong"]) == (int(bool(wrong)), len(wrong))
        return found

    return run


@pytest.fixture
def worker(engine: Engine) -> str:
    """A worker that is ready."""
    register(engine, "gpu0@host/0", this_process(), ["sentiment"], LOST)
    ready(engine, "gpu0@host/0", [], "cuda:0, NVIDIA H200")
    return "gpu0@host/0"


@pytest.fixture
def client(redis_url: str) -> Iterator[redis.Redis]:
    client = redis.Redis.from_url(redis_url)
    kept = client.config_get("maxmemory*")
    yield client
    for name in ("maxmemory", "maxmemory-policy"):
        client.config_set(name, str(kept[name]))


def test_all_is_fine(engine: Engine, client: redis.Redis, worker: str, doctor: Doctor) -> None:
    found = doctor("--hashes")
    assert {verdict for verdict, _ in found.values()} == {"fine"}, found
    assert found["isolation"][1] in ("wal", "read committed")
    assert found[f"worker {worker}"][1].startswith("ready for ")
    assert found["GPU"][1] == "gpu0@host/0 on cuda:0, NVIDIA H200"
    assert "pocket/sentiment" in found["model of sentiment"][1]


def test_a_database_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, redis_url: str, doctor: Doctor
) -> None:
    monkeypatch.setenv("TRIAGE_DATABASE_URL", "postgresql://triage:secret@127.0.0.1:1/triage")
    verdict, said = doctor()["database"]
    assert verdict == "wrong" and "check TRIAGE_DATABASE_URL" in said and "secret" not in said


def test_an_old_migration(engine: Engine, redis_url: str, doctor: Doctor) -> None:
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0020'"))
    verdict, said = doctor()["database"]
    assert verdict == "wrong" and "run: triage init" in said


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("setting", "about"),
    [
        ("default_transaction_isolation = 'serializable'", "isolation"),
        ("default_transaction_read_only = on", "database writes"),
    ],
)
def test_a_postgresql_that_is_set_up_otherwise(
    engine: Engine, redis_url: str, doctor: Doctor, setting: str, about: str
) -> None:
    with writing(engine) as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        connection.execute(text(f"ALTER DATABASE {name} SET {setting}"))
    assert doctor()[about][0] == "wrong"


def test_a_redis_that_throws_messages_away(
    engine: Engine, client: redis.Redis, worker: str, doctor: Doctor
) -> None:
    client.config_set("maxmemory-policy", "allkeys-lru")
    verdict, said = doctor()["redis eviction"]
    assert verdict == "wrong" and "noeviction" in said and "allkeys-lru" in said


def test_a_redis_that_is_nearly_full(
    engine: Engine, client: redis.Redis, worker: str, doctor: Doctor
) -> None:
    used = client.info("memory")["used_memory"]
    client.config_set("maxmemory", int(used * 1.02) + 20_000)
    found = doctor()
    assert "wrong" in {found.get(one, ("",))[0] for one in ("redis memory", "redis")}


def test_a_redis_that_is_not_there(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, doctor: Doctor
) -> None:
    monkeypatch.setenv("TRIAGE_REDIS_URL", "redis://:secret@127.0.0.1:1/0")
    verdict, said = doctor()["redis"]
    assert verdict == "wrong" and "check TRIAGE_REDIS_URL" in said and "secret" not in said


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_workers_that_are_missing_or_cannot_work(engine: Engine, doctor: Doctor) -> None:
    assert "triage worker" in doctor()["workers"][1]
    register(engine, "a@host/0", this_process(), ["sentiment"], LOST)
    verdict, said = doctor()["worker a@host/0"]
    assert verdict == "fine" and said.startswith("loads its models")
    not_ready(engine, "a@host/0", "model 'x' is not there", seconds=60)
    verdict, said = doctor()["worker a@host/0"]
    assert verdict == "wrong" and "model 'x' is not there; tries again in" in said
    with writing(engine) as connection:
        connection.execute(update(Worker).values(seen_at=after(-120)))
        run = add_run(connection, "autumn", ("qa",))
        add_job(connection, run, "qa", JobState.RUNNING, 10, lease_until=after(-60))
    found = doctor()
    assert found["worker a@host/0"][0] == found["leases"][0] == "wrong"
    assert "not seen for 2 min" in found["worker a@host/0"][1]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_documents_that_nobody_takes(engine: Engine, worker: str, doctor: Doctor) -> None:
    with writing(engine) as connection:
        run = add_run(connection, "autumn", ("qa",))
        add_job(connection, run, "qa", JobState.PENDING, 10)
    verdict, said = doctor()["backlog of qa"]
    assert verdict == "wrong" and "10 documents wait, and no worker takes qa" in said


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_disk_without_room(
    engine: Engine, worker: str, monkeypatch: pytest.MonkeyPatch, doctor: Doctor
) -> None:
    assert {verdict for about, (verdict, _) in doctor().items() if "disk" in about} == {"fine"}
    monkeypatch.setenv("TRIAGE_DISK_RESERVE", "900TB")
    (found,) = [one for about, one in doctor().items() if "disk" in about]
    assert found[0] == "wrong" and "TRIAGE_DISK_RESERVE" in found[1]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_models_that_are_broken(
    engine: Engine, worker: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, doctor: Doctor
) -> None:
    pocket = Path(__file__).parents[3] / "workers" / "pocket"
    for name in ("encoder", "sentiment"):
        shutil.copytree(pocket / name, tmp_path / name)
    catalog = tmp_path / "own.toml"
    catalog.write_text('[sentiment]\nmodel = "./sentiment"\n')
    monkeypatch.setenv("TRIAGE_MODELS", str(catalog))
    assert doctor("--hashes")["model of sentiment"][0] == "fine"

    weights = tmp_path / "encoder" / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert doctor()["model of sentiment"][0] == "fine"
    assert "another hash" in doctor("--hashes")["model of sentiment"][1]
    weights.write_bytes(whole[:-10])
    assert "is not whole" in doctor()["model of sentiment"][1]
    weights.write_bytes(b"no")
    assert "is no safetensors file" in doctor()["model of sentiment"][1]
    weights.write_bytes(whole)

    config = tmp_path / "sentiment" / "config.json"
    said = json.loads(config.read_text())
    labels = {number: f"LABEL_{number}" for number in said["id2label"]}
    config.write_text(json.dumps(said | {"id2label": labels}))
    assert "add polarity to [sentiment]" in doctor()["model of sentiment"][1]
    config.unlink()
    assert "has no config.json" in doctor()["model of sentiment"][1]
    catalog.write_text("[sentiment\n")
    assert doctor()["models"][0] == "wrong"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_people_read_a_line_each(engine: Engine, triage: Triage) -> None:
    ended = triage("doctor")
    assert ended.code == 1
    lines = ended.out.splitlines()
    assert all(line.startswith(("fine    ", "warning ", "wrong   ")) for line in lines)
    assert "wrong   workers: none was seen for ten minutes; start one with: triage worker" in lines
