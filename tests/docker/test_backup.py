"""Dumps by `docker/backup.sh`: whole ones, the newest of them kept, and one of them restored."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from schema.access.reader_role import grant_reading
from schema.database import open_engine, writing
from tests.docker.compose import FOLDER
from tests.support.console import Triage
from tests.support.ledger import make_run
from tests.support.servers.postgres import create_database, drop_database, find_binaries
from tests.support.waiting import wait_until
from tests.support.working import work

SCRIPT = FOLDER / "backup.sh"
PAGE = (FOLDER.parent / "docs" / "operations.md").read_text("utf-8")
pytestmark = [
    pytest.mark.parametrize("database_url", ["postgresql"], indirect=True),
    pytest.mark.skipif(
        not (find_binaries() / "pg_dump").exists(), reason="this PostgreSQL comes without pg_dump"
    ),
]


@pytest.fixture
def environment(engine: Engine, tmp_path: Path) -> dict[str, str]:
    """What the compose file says to it, of the database of the test."""
    return os.environ | {
        "PATH": f"{find_binaries()}:{os.environ['PATH']}",
        "PGHOST": str(engine.url.host),
        "PGPORT": str(engine.url.port),
        "PGUSER": str(engine.url.username),
        "PGDATABASE": str(engine.url.database),
        "BACKUP_FOLDER": str(tmp_path),
        "BACKUP_KEEP": "2",
        "BACKUP_EVERY": "3600",
    }


def run(environment: dict[str, str], word: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(SCRIPT), word], env=environment, capture_output=True, text=True, timeout=120
    )


def dumps(folder: Path) -> list[Path]:
    return sorted(folder.glob("triage-*.dump"))


def age(path: Path, days: float) -> None:
    """Let a dump be an older one, by its time and by its name."""
    then = time.time() - days * 86400
    name = time.strftime("triage-%Y%m%dT%H%M%SZ.dump", time.gmtime(then))
    os.utime(path, (then, then))
    path.rename(path.with_name(name))


@pytest.fixture
def reader(engine: Engine) -> Iterator[str]:
    """A role that only reads, of the server and in no dump."""
    grant_reading(engine, "dump_reader", None)
    yield "dump_reader"
    with writing(engine) as connection:
        connection.exec_driver_sql("DROP OWNED BY dump_reader; DROP ROLE dump_reader")


def test_a_dump_is_restored_into_a_fresh_database(
    environment: dict[str, str],
    engine: Engine,
    reader: str,
    tmp_path: Path,
    postgres: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    triage = Triage(monkeypatch, capsys)
    make_run(engine, [f"text {number}" for number in range(25)])
    work(engine)
    done = run(environment, "once")
    assert done.returncode == 0, done.stderr
    (dump,) = dumps(tmp_path)
    assert dump.stat().st_mode & 0o077 == 0, "texts of customers are in it"
    fresh = create_database(postgres, "from_dump")
    try:
        said = re.search(r"^pg_restore (.*) triage-", PAGE, re.M)
        assert said, "docs/operations.md says how"
        options = said[1].replace('"$TRIAGE_DATABASE_URL"', fresh).split()
        subprocess.run([find_binaries() / "pg_restore", *options, dump], check=True)
        monkeypatch.setenv("TRIAGE_DATABASE_URL", fresh)
        assert "is up to date" in triage("init", "--reader", reader).out
        ended = triage("verify")
        assert ended.code == 0, ended.out
        restored = open_engine(fresh)
        with restored.connect() as connection:
            found = connection.exec_driver_sql("SELECT count(*) FROM sentiments").scalar_one()
        restored.dispose()
        assert found == 25
    finally:
        drop_database(postgres, "from_dump")


def test_the_newest_are_kept(environment: dict[str, str], tmp_path: Path) -> None:
    for days in (3, 2, 1):
        assert run(environment, "once").returncode == 0
        age(dumps(tmp_path)[-1], days)
    kept = dumps(tmp_path)[-1:]
    (tmp_path / "somebody's.dump").write_text("else's")
    assert run(environment, "once").returncode == 0
    assert len(dumps(tmp_path)) == 2 and dumps(tmp_path)[:1] == kept
    assert (tmp_path / "somebody's.dump").exists()


def test_what_failed_is_no_dump_and_takes_none_away(
    environment: dict[str, str], tmp_path: Path
) -> None:
    assert run(environment, "once").returncode == 0
    before = dumps(tmp_path)
    failed = run(environment | {"PGDATABASE": "nowhere"}, "once")
    assert failed.returncode == 1 and "no dump was made" in failed.stderr
    assert [*tmp_path.glob("triage*")] == before


def test_the_check_sees_that_the_newest_is_too_old(
    environment: dict[str, str], tmp_path: Path
) -> None:
    assert run(environment, "check").returncode == 1, "there is none"
    assert run(environment, "once").returncode == 0
    assert run(environment, "check").returncode == 0
    age(dumps(tmp_path)[0], 0.5)
    assert "no dump is as new" in run(environment, "check").stderr


@pytest.fixture
def forever(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The script as its container runs it."""
    shell = shutil.which("sh")
    assert shell
    with subprocess.Popen([shell, str(SCRIPT)], env=environment) as process:
        yield process
        process.kill()


def test_it_begins_with_one_and_ends_when_it_is_told(
    forever: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    wait_until(lambda: dumps(tmp_path), 60)
    forever.send_signal(signal.SIGTERM)
    assert forever.wait(10) == 0
