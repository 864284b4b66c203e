"""Passwords of servers are printed by no command, whatever is wrong with a URL or a server."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
import redis
from sqlalchemy import Engine

from producer.console import COMMANDS
from schema.settings import SettingsError, read_settings
from tests.safety.commands import ENDING, LASTING, PROGRAMS, UNANSWERED, Printed, check_program
from tests.safety.doors import LOGIN, SECRET, USER, Doors
from tests.support.console import Triage
from tests.support.ingesting import write_csv

WRONG_REDIS = (
    *(f"redis://:{SECRET}/x@localhost:6379/0", f"redis://:{SECRET}#x@localhost/0"),
    *(f"redis://:{SECRET}?x@localhost/0", f"redis://:{SECRET};redis://:x@localhost/0"),
    *(f"redis://localhost:{SECRET}/0", f"redis://localhost/{SECRET}", f"redis://[{SECRET}/0"),
    *(f"redis://localhost/0?password={SECRET}", f"rediss://localhost/0?password={SECRET}"),
    *(f"rediss://localhost/0?ssl_password={SECRET}&ssl_cert_reqs=x", f"http://:{SECRET}@host"),
    *(SECRET, f"rediss://localhost/0?ssl_check_hostname={SECRET}", f"redis://:{SECRET}@"),
)
WRONG_DATABASE = (
    *(f"postgresql://u:x@{SECRET}@localhost/db", f"postgresql://localhost:{SECRET}/db"),
    *(f"mysql://u:{SECRET}@localhost/db", SECRET, f"postgres://u:{SECRET}@localhost/db"),
    *(f"postgresql+{SECRET}://u@localhost/db", f"postgresql://u:{SECRET}@[::1/db"),
)


@pytest.fixture
def printed(triage: Triage, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> Printed:
    return Printed(triage, caplog, write_csv(tmp_path / "feed.csv", [(1, "It broke.")]))


def test_every_command_is_among_these() -> None:
    assert COMMANDS.keys() == ENDING.keys() | LASTING.keys() | PROGRAMS.keys()


@pytest.mark.parametrize("url", WRONG_REDIS + WRONG_DATABASE)
def test_a_url_that_cannot_be_read(
    url: str, monkeypatch: pytest.MonkeyPatch, printed: Printed
) -> None:
    name = "TRIAGE_REDIS_URL" if url in WRONG_REDIS else "TRIAGE_DATABASE_URL"
    monkeypatch.setenv(name, url)
    with pytest.raises(SettingsError) as raised:
        read_settings()
    assert SECRET not in str(raised.value) and str(raised.value).startswith(f"{name}: ")
    assert printed.check("status") == (2, f"triage: {raised.value}\n")


def test_a_url_that_cannot_be_read_in_other_commands(
    monkeypatch: pytest.MonkeyPatch, printed: Printed, tmp_path: Path
) -> None:
    monkeypatch.setenv("TRIAGE_REDIS_URL", WRONG_REDIS[0])
    monkeypatch.setenv("TRIAGE_DATABASE_URL", WRONG_DATABASE[0])
    for command in ENDING | LASTING:
        code, said = printed.check(command)
        assert code == 2 and "TRIAGE_" in said
    for command in ("demo", "analyze"):
        check_program(command, tmp_path)


@pytest.mark.parametrize("wrong", ["unreachable", "password", "host"])
def test_a_database_that_cannot_be_entered(
    wrong: str,
    postgres_doors: tuple[Doors, str],
    redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
    printed: Printed,
    tmp_path: Path,
) -> None:
    doors, name = postgres_doors
    address = {
        "unreachable": f"{USER}:{SECRET}@127.0.0.1:1",
        "password": f"{USER}:{SECRET}@127.0.0.1:{doors.plain}",
        "host": f"{USER}:{SECRET}@nowhere.invalid",
    }[wrong]
    monkeypatch.setenv("TRIAGE_DATABASE_URL", f"postgresql://{address}/{name}?sslpassword={SECRET}")
    for command in ENDING:
        code, said = printed.check(command)
        # Whatever is wrong, the doctor says it on standard output.
        is_said = code == 75 and "cannot open the database" in said
        assert is_said or (command, code) == ("doctor", 1), command
    if wrong == "password":
        check_program("worker", tmp_path)


def test_a_redis_that_cannot_be_entered(
    redis_doors: Doors, sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch, printed: Printed
) -> None:
    for number, (address, reason) in enumerate(
        [
            (f"{USER}:{SECRET}@127.0.0.1:{redis_doors.plain}", "Redis refuses the user or the"),
            (f"{USER}:{SECRET}@127.0.0.1:1", "Redis does not answer"),
            (f"{USER}:{SECRET}@nowhere.invalid", "nobody knows the host name of Redis"),
        ]
    ):
        monkeypatch.setenv("TRIAGE_REDIS_URL", f"redis://{address}/0")
        code, said = printed.check("ingest", "{feed}", "--run", f"r{number}")
        assert code == 0 and reason in said
        for command in ENDING:
            printed.check(command)


def test_when_all_is_well(
    postgres_doors: tuple[Doors, str],
    redis_doors: Doors,
    redis_server: str,
    monkeypatch: pytest.MonkeyPatch,
    printed: Printed,
) -> None:
    doors, name = postgres_doors
    monkeypatch.setenv(
        "TRIAGE_DATABASE_URL", f"postgresql://{LOGIN}@127.0.0.1:{doors.plain}/{name}"
    )
    monkeypatch.setenv("TRIAGE_REDIS_URL", f"redis://{LOGIN}@127.0.0.1:{redis_doors.plain}/0")
    for command in ENDING:
        code, said = printed.check(command)
        unanswered = command in UNANSWERED and ": triage " in said
        # There is no worker, which the doctor finds, and no second run.
        known = {"doctor": 1, "compare": 2}.get(command)
        assert code == 0 or unanswered or code == known, (command, said)
    with redis.Redis.from_url(redis_server) as client:
        assert SECRET not in repr([client.dump(key) for key in client.scan_iter()])


def test_the_password_of_a_database_that_is_read(
    postgres_doors: tuple[Doors, str],
    sqlite_engine: Engine,
    redis_url: str,
    tmp_path: Path,
    printed: Printed,
) -> None:
    doors, name = postgres_doors
    rows = "SELECT 1 AS id, 'It broke.' AS text"
    for address in (
        f"{LOGIN}@127.0.0.1:{doors.plain}/{name}",
        f"{USER}:{SECRET}@127.0.0.1:{doors.plain}/{name}",
        f"{USER}@127.0.0.1:{doors.plain}/{name}?password={quote(SECRET)}",
        f"{USER}:{SECRET}@127.0.0.1:1/{name}",
        f"{USER}:x@{SECRET}@127.0.0.1/{name}",
        f"localhost:{SECRET}/{name}",
    ):
        code, _ = printed.check("ingest", f"sql:postgresql://{address} {rows}")
        assert code == (0 if address.startswith(LOGIN) else 2)
    for file in tmp_path.rglob("*"):
        assert SECRET not in file.name
        assert file.is_dir() or SECRET.encode() not in file.read_bytes(), file
