"""The supervisor: keeps one process for each node alive until it is told to stop."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from producer.nodes.lifetime import dying_with_us

#: Seconds before a node that died is started again; doubles each time, …
FIRST_PAUSE = 1.0
#: … up to this, …
LONGEST_PAUSE = 300.0
#: … and begins anew after a node has lived this long.
STABLE_AFTER = 60.0


@dataclass(frozen=True, slots=True)
class Node:
    """What to run: a name for messages, a command line, an environment."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]


class Supervisor:
    """Runs nodes, each in a process of its own, and starts again those that die.

    Args:
        nodes: The nodes.
        say: Told about every start and death, in one line; if nobody listens any more, the nodes
            are kept all the same.
        first_pause: Seconds before the first restart of a node.
    """

    def __init__(
        self, nodes: Sequence[Node], say: Callable[[str], None], first_pause: float = FIRST_PAUSE
    ) -> None:
        self._nodes = nodes
        self._listener = say
        self._first_pause = first_pause
        self._stopping = False
        self._over = threading.Event()
        # A second signal calls `stop` in the middle of the first one's, on the same thread.
        self._lock = threading.RLock()
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def run(self) -> None:
        """Start all nodes; returns when `stop` was called and all of them have ended."""
        threads = [threading.Thread(target=self._keep, args=(node,)) for node in self._nodes]
        for thread in threads:
            thread.start()
        for thread in threads:
            # Not for ever: a signal that comes just before a wait would be handled only after it.
            while thread.is_alive():
                thread.join(1)

    def stop(self) -> None:
        """Ask all nodes to finish what they are at, and start none again. For signal handlers, that
        may come at any time and more than once.
        """
        if not self._stopping:
            # First, for `Event.set` must not be called in the middle of itself.
            self._stopping = True
            self._over.set()
        with self._lock:
            for process in self._running.values():
                process.terminate()

    def pids(self) -> dict[str, int]:
        """The processes that run now, by node."""
        with self._lock:
            return {name: process.pid for name, process in self._running.items()}

    def _keep(self, node: Node) -> None:
        pause = self._first_pause
        while not self._over.is_set():
            began = time.monotonic()
            try:
                process = self._start(node)
            except (OSError, subprocess.SubprocessError) as error:
                # Often there is no memory for it, and somebody else will give some back.
                how = f"cannot be started ({error})"
            else:
                if process is None:
                    return
                how = f"ended with {self._wait(node, process)}"
            if self._over.is_set():
                return
            if time.monotonic() - began > STABLE_AFTER:
                pause = self._first_pause
            self._say(f"node {node.name} {how}; starting it again in {pause:g} s")
            if self._over.wait(pause):
                return
            pause = min(pause * 2, LONGEST_PAUSE)

    def _start(self, node: Node) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._over.is_set():
                return None
            # A session of its own: Ctrl-C is for the supervisor, which then stops nodes gently.
            process = subprocess.Popen(
                list(node.command),
                env=node.environment,
                start_new_session=True,
                # Linux ties this to the thread that starts the process, not to our process; that
                # thread is in `_keep`, which lives as long as its node.
                preexec_fn=dying_with_us(),
            )
            self._running[node.name] = process
        self._say(f"node {node.name} started (pid {process.pid})")
        return process

    def _wait(self, node: Node, process: subprocess.Popen[bytes]) -> str:
        """Wait for a node's end; returns how it ended."""
        code = process.wait()
        with self._lock:
            del self._running[node.name]
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    def _say(self, line: str) -> None:
        # Whoever read it has gone, the file is closed or its disk full: this thread must live on,
        # or its node would die with it.
        with suppress(OSError, ValueError):
            self._listener(line)
