"""A process that has the models, since this one must not import torch: `python -m workers.analyze`.

It is started with the first question and stays, so that later ones find the models in memory.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from typing import IO, Any
from weakref import WeakSet

from producer.errors import UsageError
from producer.nodes.requirements import require_worker_extra

#: What the process ends with where a setting or the catalog is wrong; it has said which.
_CANNOT = 2
#: All of this process; a fork has them too, but not the processes behind them.
_ALL: WeakSet[EngineProcess] = WeakSet()


class EngineProcess:
    """Answers about texts. It may be asked by several threads, which wait for each other: the
    process computes on all cores anyway. A process that was forked off this one, and finds it among
    its objects, starts one of its own.

    Args:
        models: The catalog; None for that of the settings.
        device: `cpu`, `cuda:0`, … or `auto`; None for that of the settings.

    Attributes:
        notes: What is worth knowing of the models that were loaded so far, a sentence each.
    """

    def __init__(self, models: str | None = None, device: str | None = None) -> None:
        self._models = models
        self._device = device
        self._lock = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._said: IO[bytes] | None = None
        self.notes: list[str] = []
        _ALL.add(self)

    def ask(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        """Ask about documents; `workers.analyze.command` says what a request and answers are.

        Raises:
            UsageError: If they cannot be analysed, or the process has ended; asked again, another
                one is started.
        """
        with self._lock:
            try:
                said = self._answer(json.dumps(request).encode() + b"\n")
            except BaseException:
                # Its answer would be taken for that to the next request.
                self.close()
                raise
        if "error" in said:
            raise UsageError(said["error"])
        self.notes += said.get("notes", ())
        answers: list[dict[str, Any]] = said["answers"]
        return answers

    def close(self) -> None:
        """End the process, if there is one; its models leave the memory."""
        with self._lock:
            if self._process is not None:
                # It has nothing to finish: no file, no database.
                self._process.kill()
                self._process.wait()
            self.forget()

    def forget(self) -> None:
        """Let go of the process without ending it, as after a fork, where it is another's."""
        process, self._process = self._process, None
        said, self._said = self._said, None
        pipes = [said] if process is None else [said, process.stdin, process.stdout]
        for pipe in pipes:
            # A request that was not taken is still in its buffer.
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()
        if process is not None and process.returncode is None:
            # Else `subprocess` would wait for it when it forgets it.
            process.returncode = 0

    def after_fork(self) -> None:
        """Be as new in a process that was forked: no thread of it can give the lock back."""
        self._lock = threading.RLock()
        self.forget()

    def _answer(self, request: bytes) -> dict[str, Any]:
        process = self._running()
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(request)
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = b""
        if not line.endswith(b"\n"):
            raise UsageError(self._last_words(process))
        said: dict[str, Any] = json.loads(line)
        return said

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            require_worker_extra()
            self._said = tempfile.TemporaryFile()  # noqa: SIM115
            self._process = subprocess.Popen(
                self._command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said
            )
        return self._process

    def _command(self) -> list[str]:
        command = [sys.executable, "-m", "workers.analyze"]
        command += [f"--models={self._models}"] if self._models else []
        return command + ([f"--device={self._device}"] if self._device else [])

    def _last_words(self, process: subprocess.Popen[bytes]) -> str:
        code = process.wait()
        assert self._said is not None
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").strip().splitlines()
        if code == _CANNOT and lines:
            return lines[-1]
        if code == -signal.SIGKILL:
            return (
                "the process with the models was killed, as it is where the memory runs out; name "
                "fewer --analyses, or set TRIAGE_MODEL_MEMORY"
            )
        last = f": {lines[-1]}" if lines else ""
        return f"the process with the models ended with {code}{last}; run it again"


def _after_fork() -> None:
    for one in _ALL:
        one.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
