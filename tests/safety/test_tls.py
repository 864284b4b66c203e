"""Redis and PostgreSQL behind TLS and passwords: what is right works, what is not is said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest
from kombu import pools
from sqlalchemy import Engine

from producer.dispatcher import Dispatcher
from schema.broker.app import make_app
from schema.broker.messages import BrokerError, Messages
from schema.settings import read_settings
from tests.end_to_end.flower import Browser, running_flower
from tests.end_to_end.node import PATIENCE, running_node
from tests.safety.doors import LOGIN, SECRET, USER, Doors
from tests.safety.system import System, running_system
from tests.support.console import Triage
from tests.support.ledger import make_run
from tests.support.servers.tls import make_authority
from tests.support.waiting import wait_until


@pytest.fixture(autouse=True)
def no_connection_is_left() -> None:
    """Kombu shares connections by host and user, whatever their TLS is."""
    pools.reset()


@pytest.fixture(scope="module")
def system(folder: Path, redis_doors: Doors, postgres_doors: tuple[Doors, str]) -> Iterator[System]:
    """A node that reaches both servers through TLS and with a password."""
    doors, name = postgres_doors
    database = doors.postgres(doors.good, name)
    with running_system(folder, redis_doors.redis(redis_doors.good), database) as system:
        yield system


def test_a_node_works_behind_tls_and_shows_no_password(system: System) -> None:
    run_id = system.start(["It broke.", "It works."], job_size=1)
    system.wait(run_id)
    # A message may have been sent twice: by this test, and by the upkeep of the node.
    wait_until(lambda: system.messages.depth("sentiment") == 0, PATIENCE)
    with system.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver and driver.pgconn.ssl_in_use
    said = system.node.text()
    assert "rediss://tls_user:**@localhost" in said
    process = psutil.Process(system.node.process.pid)
    lines = [" ".join(one.cmdline()) for one in (process, *process.children(recursive=True))]
    assert SECRET not in said + "".join(lines)


def test_flower_counts_behind_tls_and_shows_no_password(
    system: System, redis_doors: Doors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_REDIS_URL", redis_doors.redis(redis_doors.good))
    with running_flower(tmp_path, "analyst:password") as flower:
        browser = Browser(flower.home, "analyst:password")
        queues = browser.json("/api/queues/length")["active_queues"]
        assert {"name": "sentiment", "messages": 0} in queues
        for page in ("/", "/workers", "/broker", "/api/workers?refresh=1"):
            browser.read(page)
        ((name, _),) = browser.json("/api/workers?refresh=1").items()
        browser.read(f"/worker/{name}")
        process = psutil.Process(flower.process.pid)
        assert SECRET not in " ".join(process.cmdline())
        for shown in (*browser.seen, flower.log.read_text("utf-8")):
            assert SECRET not in shown


WRONG_REDIS = {
    "password": "Redis refuses the user or the password",
    "no password": "Redis refuses the user or the password",
    "authority": "the certificate of Redis is not trusted (unable to get local issuer certificate)",
    "no option": "the certificate of Redis is not trusted (unable to get local issuer certificate)",
    "expired": "the certificate of Redis is not trusted (certificate has expired)",
    "elsewhere": "the certificate of Redis is not trusted (Hostname mismatch, certificate is not "
    "valid for 'localhost'.)",
    "file": "a file that the options of the URL name is not there",
    "plain": "Redis does not answer",
}


@pytest.mark.parametrize("wrong", WRONG_REDIS)
def test_what_is_wrong_with_redis_is_said(
    wrong: str,
    redis_doors: Doors,
    folder: Path,
    sqlite_engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    doors = redis_doors
    other = make_authority(folder / "nobody knows it.pem").file
    url = {
        "password": doors.redis(doors.good, f"{USER}:{SECRET}"),
        "no password": doors.redis(doors.good).replace(f"{LOGIN}@", ""),
        "authority": doors.redis(doors.good, options=f"?ssl_ca_certs={quote(str(other))}"),
        "no option": doors.redis(doors.good, options=""),
        "expired": doors.redis(doors.expired),
        "elsewhere": doors.redis(doors.elsewhere),
        "file": doors.redis(doors.good, options="?ssl_ca_certs=/nowhere.pem"),
        "plain": doors.redis(doors.plain),
    }[wrong]
    monkeypatch.setenv("TRIAGE_REDIS_URL", url)
    warned: list[str] = []
    broker = Dispatcher(sqlite_engine, read_settings(), warned.append)
    make_run(sqlite_engine, ["It broke."], ["sentiment"])
    broker.dispatch(["sentiment"])
    (said,) = warned
    assert said.startswith(WRONG_REDIS[wrong])
    assert "check TRIAGE_REDIS_URL: the jobs are stored" in said
    assert SECRET not in said


def test_a_certificate_is_not_looked_at_where_the_operator_says_so(redis_doors: Doors) -> None:
    for options, port in (
        ("?ssl_cert_reqs=none", redis_doors.expired),
        (
            f"?ssl_check_hostname=false&ssl_ca_certs={quote(str(redis_doors.authority.file))}",
            redis_doors.elsewhere,
        ),
    ):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TRIAGE_REDIS_URL", redis_doors.redis(port, options=options))
            assert Messages(make_app(read_settings())).depth("sentiment") >= 0


def test_a_node_says_what_is_wrong_and_shows_no_password(
    redis_doors: Doors, sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = redis_doors.redis(redis_doors.good, f"{USER}:{SECRET}")
    monkeypatch.setenv("TRIAGE_REDIS_URL", url)
    with running_node(tmp_path, ["sentiment"], name="refused") as node:
        node.wait_for_text("Redis refuses the user or the password (WRONGPASS)")
    assert SECRET not in node.text()
    with pytest.raises(BrokerError, match="Redis refuses the user or the password"):
        Messages(make_app(read_settings())).depth("sentiment")


WRONG_POSTGRES = {
    "password": "PostgreSQL refuses the user or the password; correct",
    "authority": "certificate verify failed",
    "expired": "certificate verify failed",
    "elsewhere": 'does not match host name "localhost"',
    "plain": "server does not support SSL",
}


@pytest.mark.parametrize("wrong", WRONG_POSTGRES)
def test_what_is_wrong_with_postgresql_is_said(
    wrong: str,
    postgres_doors: tuple[Doors, str],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    triage: Triage,
) -> None:
    doors, name = postgres_doors
    other = make_authority(folder / "nobody knows it.pem").file
    url = {
        "password": doors.postgres(doors.good, name, f"{USER}:{SECRET}"),
        "authority": doors.postgres(doors.good, name, ca=other),
        "expired": doors.postgres(doors.expired, name),
        "elsewhere": doors.postgres(doors.elsewhere, name),
        "plain": doors.postgres(doors.plain, name),
    }[wrong]
    monkeypatch.setenv("TRIAGE_DATABASE_URL", url)
    ended = triage("status")
    assert ended.code == 75
    (said,) = ended.err.splitlines()
    assert WRONG_POSTGRES[wrong] in said and "TRIAGE_DATABASE_URL" in said
    assert SECRET not in ended.out + ended.err
