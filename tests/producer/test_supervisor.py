"""The supervisor: dead nodes come back, a stop ends all."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading

import psutil

from producer.supervisor import Node, Supervisor

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
        "import os, sys; from producer.supervisor import Node, Supervisor\n"
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
