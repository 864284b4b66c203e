"""What this project writes is for its owner alone, whatever the machine's umask says."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from stat import S_IMODE

import pytest

from producer.nodes import embedded_redis
from producer.session import open_settings
from schema.database import open_engine, reading, writing
from schema.database.errors import DatabaseError
from schema.migrations.revision import upgrade
from schema.private_files import make_private_file, make_private_folder, tighten, tighten_home
from tests.end_to_end.flower import ROOT
from tests.end_to_end.node import PATIENCE, running_node
from tests.support.checkpoints import build_sentiment
from tests.support.console import Triage
from tests.support.modes import open_to_others

#: Keeps a server of its own until standard input ends.
WITH_REDIS = (
    "import sys; from pathlib import Path; from producer.nodes import embedded_redis\n"
    "server = embedded_redis.start(Path(sys.argv[1])); print('up', flush=True)\n"
    "sys.stdin.read(); server.stop()"
)


def run(umask: int, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        umask=umask,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_nothing_that_is_made_is_open_to_others(
    umask: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "project"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("TRIAGE_HOME", "deep/home")
    monkeypatch.setenv("TRIAGE_REJECTS", "turned/away")
    feed = folder / "feed.csv"
    feed.touch(mode=0o600)
    feed.write_text("id,text\n1,It broke.\n2,\n3,\n", "utf-8")
    reader: sqlite3.Connection | None = None
    for command in (
        ["init"],
        ["ingest", "feed.csv", "--run", "r", "--analyses", "sentiment", "--max-rejected", "100"],
        ["report", "runs", "--output", "runs.csv"],
        ["report", "runs", "--format", "json", "--output", "runs.json"],
        ["forget", "--external-id", "2", "--yes"],
    ):
        done = run(umask, folder, sys.executable, "-m", "producer", *command)
        assert done.returncode == 0, done.stderr
        if reader is None:
            # The log and its index stay while somebody reads.
            reader = sqlite3.connect(folder / "deep" / "home" / "triage.db")
            reader.execute("SELECT count(*) FROM runs").fetchone()
    with subprocess.Popen(
        [sys.executable, "-c", WITH_REDIS, "deep/home"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        # As in a command, whatever the machine has: tests of the console cover where it is set.
        umask=0o077,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as server:
        assert server.stdout and server.stdout.readline() == b"up\n"
        made = {path.name for path in folder.rglob("*") if path.is_file()}
        assert open_to_others(folder) == {}
    assert reader is not None
    reader.close()
    assert server.returncode == 0
    assert made >= {
        *("triage.db", "triage.db-wal", "triage.db-shm", "runs.csv", "runs.json"),
        *("r.rejects.jsonl", "server.json", "redis.log", "redis.conf"),
    }


def test_standard_output_that_a_user_redirects_is_as_the_user_has_it(tmp_path: Path) -> None:
    target = tmp_path / "reports.csv"
    target.touch()
    target.chmod(0o644)
    with target.open("w") as file:
        subprocess.run(
            [sys.executable, "-m", "producer", "report", "--format", "csv"],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=file,
            timeout=PATIENCE,
            check=True,
        )
    assert "sentiment-by-day" in target.read_text("utf-8")
    assert S_IMODE(target.stat().st_mode) == 0o644


def test_an_export_takes_the_place_of_a_link_and_of_an_open_file(
    sqlite_engine: object, triage: Triage, tmp_path: Path
) -> None:
    target, link = tmp_path / "target.csv", tmp_path / "link.csv"
    target.write_text("precious\n")
    link.symlink_to(target)
    assert triage("report", "runs", "--output", str(link)).code == 0
    assert target.read_text() == "precious\n"
    assert not link.is_symlink()
    assert S_IMODE(link.stat().st_mode) == 0o600
    assert triage("report", "runs", "--output", str(target)).code == 0
    assert S_IMODE(target.stat().st_mode) == 0o600


def test_a_library_that_opens_the_database_makes_it_private_too(tmp_path: Path) -> None:
    os.umask(0)
    path = tmp_path / "new" / "er" / "triage.db"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    with reading(engine):
        names = {one.name for one in path.parent.iterdir()}
        assert open_to_others(tmp_path / "new") == {}
    engine.dispose()
    assert names == {"triage.db", "triage.db-wal", "triage.db-shm"}


def test_a_database_that_is_named_as_a_uri(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    os.umask(0)
    engine = open_engine(f"sqlite:///file:{tmp_path}/new/a%20b.db?uri=true")
    upgrade(engine)
    assert open_to_others(tmp_path / "new") == {}
    assert (tmp_path / "new" / "a b.db").exists()
    engine.dispose()
    nowhere = open_engine(f"sqlite:///file:{tmp_path}/not.db?mode=rw&uri=true")
    with pytest.raises(DatabaseError, match="cannot open the database"):
        upgrade(nowhere)
    upgrade(open_engine("sqlite:///file::memory:?uri=true"))
    assert [one.name for one in tmp_path.iterdir()] == ["new"]


def test_what_an_older_version_left_open_is_tightened(
    sqlite_engine: object, tmp_path: Path
) -> None:
    database = tmp_path / "triage.db"
    log = tmp_path / "triage.db-wal"
    database.chmod(0o644)
    log.touch()
    log.chmod(0o644)
    open_engine(f"sqlite:///{database}")
    assert S_IMODE(database.stat().st_mode) == S_IMODE(log.stat().st_mode) == 0o600
    # A group may have been let in on purpose.
    database.chmod(0o660)
    open_engine(f"sqlite:///{database}")
    assert S_IMODE(database.stat().st_mode) == 0o660


def test_a_home_is_tightened_where_it_is_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    (home / "redis").mkdir(mode=0o755)
    (home / "triage.db").touch()
    open_settings()
    assert S_IMODE(home.stat().st_mode) == 0o700
    embedded_redis.start(home).stop()
    assert S_IMODE((home / "redis").stat().st_mode) == 0o700
    home.chmod(0o750)
    open_settings()
    assert S_IMODE(home.stat().st_mode) == 0o750
    home.chmod(0o1777)
    tighten_home(home)
    assert S_IMODE(home.stat().st_mode) == 0o1777
    home.chmod(0o755)
    (home / "index.html").touch()
    tighten_home(home)
    assert S_IMODE(home.stat().st_mode) == 0o755
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path / "nowhere"))
    open_settings()
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_what_belongs_to_another_is_left_and_said(
    sqlite_engine: object, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    database = tmp_path / "triage.db"
    database.chmod(0o644)
    os.chown(database, 65534, 65534)
    engine = open_engine(f"sqlite:///{database}")
    with writing(engine):
        pass
    engine.dispose()
    assert S_IMODE(database.stat().st_mode) == 0o644
    assert "triage.db, which may hold texts of customers" in caplog.text
    assert "belongs to another user" in caplog.text


def test_what_cannot_be_changed_is_said_and_no_failure(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "triage.db"
    file.touch()
    file.chmod(0o644)

    def read_only(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "chmod", read_only)
    tighten(file)
    tighten(tmp_path / "nothing")
    assert caplog.text.count("(Read-only file system)") == 1


def test_the_database_is_never_opened_under_its_name(sqlite_engine: object, tmp_path: Path) -> None:
    """Closing it would drop the locks of other connections of this process."""
    holder = sqlite3.connect(tmp_path / "triage.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    before = (tmp_path / "triage.db").stat().st_ino
    make_private_file(tmp_path / "triage.db")
    open_engine(f"sqlite:///{tmp_path / 'triage.db'}")
    other = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sqlite3, sys\n"
            "with sqlite3.connect(sys.argv[1], timeout=0) as c: c.execute('BEGIN IMMEDIATE')",
            str(tmp_path / "triage.db"),
        ],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert "database is locked" in other.stderr
    assert (tmp_path / "triage.db").stat().st_ino == before
    holder.rollback()
    holder.close()


def test_a_folder_that_cannot_be_made_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseError, match="cannot make the folder .*TRIAGE_HOME"):
        open_engine(f"sqlite:///{tmp_path / 'file' / 'home' / 'triage.db'}")
    with pytest.raises(OSError):
        make_private_folder(tmp_path / "file")


def _umask(pid: int) -> str:
    (line,) = (
        line
        for line in Path(f"/proc/{pid}/status").read_text().splitlines()
        if line.startswith("Umask:")
    )
    return line.split()[1]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells the umask")
def test_a_node_by_hand_is_private_with_its_children(
    sqlite_engine: object,
    redis_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    build_sentiment(tmp_path / "sentiment")
    catalog = tmp_path / "catalog.toml"
    catalog.write_text('[sentiment]\nmodel = "./sentiment"\n', "utf-8")
    monkeypatch.setenv("TRIAGE_MODELS", str(catalog))
    os.umask(0)
    with running_node(tmp_path, ["sentiment"]) as node:
        (child,) = node.wait_for_loads(1)
        assert [_umask(pid) for pid in (node.process.pid, int(child["pid"]))] == ["0077"] * 2
