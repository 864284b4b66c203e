"""The supervisor: dead nodes come back, a stop ends all."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import psutil

from producer.nodes.supervisor import Node, Supervisor
from tests.support.waiting import wait_until

#: A node that lives until it is told to end.
SLEEPER = [sys.executable, "-c", "import signal; signal.sigwait([signal.SIGUSR1])"]


def test_a_killed_node_is_started_again_and_stop_ends_all() -> None:
    said: queue.Queue[str] = queue.Queue()
    nodes = [Node(name, SLEEPER, dict(os.environ)) for name in ("gpu0", "gpu1")]
    supervisor = Supervisor(nodes, said.put, first_pause=0.01)
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    try:
        assert {said.get(timeout=30).split(" (")[0] for _ in nodes} == {
            "node gpu0 started",
            "node gpu1 started",
        }
        before = supervisor.pids()
        os.kill(before["gpu0"], signal.SIGKILL)
        ended = "node gpu0 ended with signal 9; starting it again in 0.01 s"
        assert said.get(timeout=30) == ended
        assert said.get(timeout=30).startswith("node gpu0 started")
        after = supervisor.pids()
        assert after["gpu0"] != before["gpu0"]
        assert after["gpu1"] == before["gpu1"]
    finally:
        supervisor.stop()
        thread.join(timeout=30)
    assert not thread.is_alive()
    assert supervisor.pids() == {}


def test_nodes_end_with_a_killed_supervisor() -> None:
    code = (
        "import os, sys; from producer.nodes.supervisor import Node, Supervisor\n"
        "nodes = [Node('gpu0', sys.argv[1:], dict(os.environ))]\n"
        "Supervisor(nodes, lambda line: print(line, flush=True)).run()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, *SLEEPER], stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout
        line = owner.stdout.readline()
        node = psutil.Process(int(line.split("pid ")[1].rstrip(")\n")))
        owner.kill()
        try:
            psutil.wait_procs([node], timeout=10)
            assert not node.is_running() or node.status() == psutil.STATUS_ZOMBIE
        finally:
            if node.is_running():
                node.kill()


def test_a_node_that_cannot_be_started_is_tried_again(tmp_path: Path) -> None:
    """The system refuses it with one of the errors that it also has for want of memory."""
    said: queue.Queue[str] = queue.Queue()
    python = tmp_path / "python"
    python.symlink_to(sys.executable)
    node = Node("gpu0", [str(python), *SLEEPER[1:]], dict(os.environ))
    supervisor = Supervisor([node], said.put, first_pause=0.01)
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    try:
        assert said.get(timeout=30).startswith("node gpu0 started")
        python.rename(tmp_path / "elsewhere")
        os.kill(supervisor.pids()["gpu0"], signal.SIGKILL)
        assert said.get(timeout=30).startswith("node gpu0 ended with signal 9")
        for pause in ("0.02", "0.04"):
            line = said.get(timeout=30)
            assert line.startswith("node gpu0 cannot be started (") and str(python) in line
            assert line.endswith(f"starting it again in {pause} s")
        (tmp_path / "elsewhere").rename(python)
        while not (line := said.get(timeout=30)).startswith("node gpu0 started"):
            assert line.startswith("node gpu0 cannot be started (")
    finally:
        supervisor.stop()
        thread.join(timeout=30)
    assert not thread.is_alive()


def _has_ended(node: psutil.Process) -> bool:
    return not node.is_running()


def test_nodes_are_kept_when_nobody_reads_what_is_said() -> None:
    code = (
        "import os, sys; from producer.nodes.supervisor import Node, Supervisor\n"
        "nodes = [Node('gpu0', sys.argv[1:], dict(os.environ))]\n"
        "say = lambda line: print(line, file=sys.stderr, flush=True)\n"
        "Supervisor(nodes, say, first_pause=0.01).run()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, *SLEEPER], stderr=subprocess.PIPE, text=True
    ) as owner:
        try:
            assert owner.stderr
            assert owner.stderr.readline().startswith("node gpu0 started")
            owner.stderr.close()
            for _ in range(2):
                (node,) = wait_until(psutil.Process(owner.pid).children, 30)
                node.kill()
                # Its owner asks how it ended; then there is no such process.
                wait_until(partial(_has_ended, node), 30)
            assert wait_until(psutil.Process(owner.pid).children, 30)
        finally:
            owner.kill()


def test_a_second_signal_while_the_first_stops_the_nodes() -> None:
    code = (
        "import os, signal, subprocess, sys\n"
        "from producer.nodes.supervisor import Node, Supervisor\n"
        "gently, signals = subprocess.Popen.terminate, [signal.SIGINT]\n"
        "def terminate(process):\n"
        "    while signals:\n"
        "        signal.raise_signal(signals.pop())\n"
        "    gently(process)\n"
        "subprocess.Popen.terminate = terminate\n"
        "nodes = [Node('gpu0', sys.argv[1:], dict(os.environ))]\n"
        "supervisor = Supervisor(nodes, lambda line: os.kill(os.getpid(), signal.SIGTERM))\n"
        "for number in (signal.SIGTERM, signal.SIGINT):\n"
        "    signal.signal(number, lambda *_: supervisor.stop())\n"
        "supervisor.run()\n"
        "assert not signals and not supervisor.pids()"
    )
    subprocess.run([sys.executable, "-c", code, *SLEEPER], check=True, timeout=60)
