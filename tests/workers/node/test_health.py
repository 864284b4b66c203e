"""The health of a node, by what it wrote down last."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from schema import settings as settings_module
from schema.process import find_process
from workers.node.health import Health, complaint, health_of, main
from workers.node.pulse import KEPT, LATE, Pulse, pulse_path
from workers.node.vitals import Vitals

NODE = "gpu0@host"
#: Longer than a node may be silent.
LONG = LATE + 60


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path))
    settings_module.settings.cache_clear()
    return tmp_path


@pytest.fixture
def vitals(home: Path) -> Vitals:
    vitals = Vitals()
    vitals.begin(NODE)
    vitals.write()
    return vitals


def changed(home: Path, **values: object) -> str | None:
    """The complaint about a node that has written this."""
    path = pulse_path(home, NODE)
    replace(Pulse.read(path), **values).write(path)  # type: ignore[arg-type]
    return complaint(home, NODE)


def test_a_node_is_well_that_writes_that_it_lives(home: Path, vitals: Vitals) -> None:
    assert complaint(home, NODE) is None
    assert "no such node runs" in str(complaint(home, "gpu1@host"))
    assert pulse_path(home, "a/../b@host").parent == home / "nodes"
    vitals.end()
    assert "no such node runs" in str(complaint(home, NODE))


def test_a_node_that_is_well_says_what_it_does_meanwhile(home: Path, vitals: Vitals) -> None:
    assert "load their models" in str(health_of(home, NODE).doing)
    path, now = pulse_path(home, NODE), time.monotonic()
    replace(Pulse.read(path), childless=None, loop=None).write(path)
    assert health_of(home, NODE).doing == "it waits for Redis"
    replace(Pulse.read(path), loop=now).write(path)
    assert health_of(home, NODE) == Health(None, None)


def test_a_thread_that_stands_still_is_named(home: Path, vitals: Vitals) -> None:
    now = time.monotonic()
    assert "its maintenance has not gone round" in str(changed(home, upkeep=now - LONG))
    assert "its event loop has not gone round" in str(changed(home, upkeep=now, loop=now - LONG))
    assert changed(home, loop=now) is None


def test_a_node_that_waits_for_redis_is_well(home: Path, vitals: Vitals) -> None:
    vitals.wait()
    assert changed(home, loop=vitals._loop) is None


def test_a_node_is_well_while_its_children_load_in_time(home: Path, vitals: Vitals) -> None:
    now = time.monotonic()
    assert changed(home, load_timeout=900.0, childless=now - 900) is None
    assert "none of its children has had models" in str(changed(home, childless=now - 900 - LONG))


def test_it_knows_since_when_no_child_is_up(home: Path) -> None:
    vitals = Vitals()
    vitals.begin(NODE)

    def childless() -> float | None:
        vitals._written = float("-inf")
        vitals.write()
        return Pulse.read(pulse_path(home, NODE)).childless

    begun = childless()
    assert begun is not None
    vitals.go_round(children=0)
    assert childless() == begun
    vitals.go_round(children=1)
    assert childless() is None
    vitals.go_round(children=0)
    assert (since := childless()) is not None and since > begun
    vitals.begin(NODE)
    assert childless() == since, "a new connection does not load models"


def test_a_node_that_was_killed_is_not_well(home: Path, vitals: Vitals) -> None:
    with subprocess.Popen(["sleep", "600"]) as process:
        alive = find_process(process.pid)
        assert changed(home, process=alive) is None
        process.kill()
    assert f"its process {process.pid} is gone" in str(complaint(home, NODE))


def test_what_killed_nodes_left_behind_goes_after_a_day(home: Path, vitals: Vitals) -> None:
    left = pulse_path(home, "cpu-1@elsewhere")
    left.write_text("{}")
    Vitals().begin("gpu1@host")
    assert left.exists()
    os.utime(left, (time.time() - 2 * KEPT,) * 2)
    Vitals().begin("gpu1@host")
    assert not left.exists() and pulse_path(home, NODE).exists()


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"process": 1}', json.dumps({"process": {}})])
def test_a_file_that_is_no_pulse_is_not_well(home: Path, vitals: Vitals, text: str) -> None:
    pulse_path(home, NODE).write_text(text)
    assert "cannot read" in str(complaint(home, NODE))


def test_a_disk_that_is_full_does_not_end_upkeep(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (home / "nodes").write_text("in the way")
    vitals = Vitals()
    vitals.begin(NODE)
    vitals.write()
    assert "cannot say that this node lives" in caplog.text


def test_the_command_says_how_a_node_is_and_imports_next_to_nothing(home: Path) -> None:
    vitals = Vitals()
    vitals.begin(f"gpu0@{socket.gethostname()}")
    vitals.write()
    code = (
        "import sys; sys.argv[1:] = ['gpu0']; from workers.node.health import main; code = main();"
        "print(*sys.modules); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("node gpu0@")
    imported = {name.split(".")[0] for name in done.stdout.split()}
    assert not imported & {"celery", "kombu", "pydantic", "redis", "sqlalchemy", "torch", "typer"}


def test_the_command_tells_ready_from_well(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    node = f"gpu0@{socket.gethostname()}"
    vitals = Vitals()
    vitals.begin(node)
    vitals.write()

    def code(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["health", "gpu0", *arguments])
        return main()

    assert code() == 0 and code("--ready") == 1
    assert "is not ready: its children load their models" in capsys.readouterr().err
    path = pulse_path(home, node)
    replace(Pulse.read(path), childless=None, loop=time.monotonic()).write(path)
    assert code("--ready") == 0


def test_the_command_finds_the_home_folder_in_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TRIAGE_HOME")
    monkeypatch.chdir(tmp_path)

    def said() -> str:
        command = [sys.executable, "-m", "workers.node.health", "gpu0"]
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        assert done.returncode == 1
        return done.stderr

    assert "no .triage/nodes/gpu0@" in said().replace("there is ", "")
    (tmp_path / ".env").write_text("TRIAGE_HOME=elsewhere\n")
    assert "elsewhere/nodes/gpu0@" in said()
