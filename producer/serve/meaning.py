"""Asking for what is nearest by meaning: one process has the model, and answers one search after
the other, so that only the first waits for it to be loaded.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Sequence

#: Seconds after which a process that has not answered is ended.
PATIENCE = 60.0


class MeaningProcess:
    """Keeps the process; any thread may ask, and they wait for each other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def ask(self, command: Sequence[str], line: str) -> tuple[str, str]:
        """Give the process a line.

        Args:
            command: That starts it.
            line: A request, with its end of line.

        Returns:
            Its answer; "" where there is none, with the reason.
        """
        with self._lock:
            process = self._running(command)
            assert process.stdin is not None and process.stdout is not None
            # One that hangs is ended, and so is its answer.
            timer = threading.Timer(PATIENCE, process.kill)
            timer.daemon = True
            timer.start()
            try:
                process.stdin.write(line)
                process.stdin.flush()
                answer = process.stdout.readline().strip()
            except OSError:
                answer = ""
            finally:
                timer.cancel()
            if not answer:
                self._end()
                return "", "the model did not answer; whoever runs the server can try triage search"
            return answer, ""

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()

    def _running(self, command: Sequence[str]) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # It may quote a search; and nobody reads it.
                stderr=subprocess.DEVNULL,
                text=True,
                # Ctrl-C in the terminal is for the server, which ends it.
                start_new_session=True,
            )
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
