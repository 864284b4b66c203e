"""A node of a stage: a real Celery worker with one child, to be killed, stopped and started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from producer.nodes.lifetime import dying_with_us
from producer.nodes.node_command import node_command
from tests.support.waiting import wait_until

#: Loading torch and models takes long on a busy machine.
PATIENCE = 400.0
#: The application in place of the shipped one.
_VULNERABLE = "tests.chaos.worker"


class Node:
    """A node that is started again and again under the same name.

    Args:
        name: Of the node.
        analyses: What it works on.
        environment: Its settings.
        folder: For its log.
        prefix: A command that runs the node's.
    """

    def __init__(
        self,
        name: str,
        analyses: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        prefix: Sequence[str] = (),
    ) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._folder = folder
        self._environment = dict(environment)
        # Without `python -m workers` in front, which stands for the application of the project.
        options = node_command(name, analyses, concurrency=1)[3:]
        self._command = [*prefix, sys.executable, "-m", "celery", "-A", _VULNERABLE, *options]
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self._command,
                env=self._environment,
                cwd=self._folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=dying_with_us(),
            )

    @property
    def alive(self) -> bool:
        """Whether its parent process lives."""
        return self.process.poll() is None

    def child(self) -> int:
        """The process that computes; waits until there is one."""
        return wait_until(self._child, PATIENCE, f"{self.name} has a child")

    def _child(self) -> int:
        try:
            children = psutil.Process(self.process.pid).children()
        except psutil.NoSuchProcess:
            return 0
        living = [child.pid for child in children if child.status() != psutil.STATUS_ZOMBIE]
        return living[0] if living else 0

    def signal_child(self, number: signal.Signals) -> int:
        """Send its child a signal; the child's process number."""
        child = self.child()
        os.kill(child, number)
        return child

    def signal_all(self, number: signal.Signals) -> None:
        """Send the node's parent and children a signal at once."""
        os.killpg(self.process.pid, number)

    def kill(self) -> None:
        """`kill -9` of the parent alone."""
        self.process.kill()
        self.process.wait()

    def end(self) -> int:
        """SIGTERM, as `docker stop` sends it; its exit code."""
        self.process.terminate()
        return self.process.wait(PATIENCE)

    def start_again(self) -> None:
        """As a supervisor would."""
        assert not self.alive
        self.process = self._start()
