"""The shipped Celery application, whose model takes a given time for each token.

`celery -A benchmarks.fairness.timed_worker worker …`

The model is a real one, so small that it costs next to nothing; the rest of its time it sleeps. So
workers that share a few cores are as quick as if each had a machine. Of each forward it writes
down when it began and ended, and how many tokens were of small runs: these have texts that are
shorter than `LONG` tokens.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.fairness.forwards import FOLDER, LONG, SECONDS
from tests.support.changed_analyses import change_loaded_analyses, put_before
from workers.analysis import Analysis, Window
from workers.celery import app


class _Timed(Analysis):
    """Put before a real analysis, whose methods `super()` is."""

    def forward(self, windows: Sequence[Window], on_progress: Callable[[], None]) -> list[Any]:
        began, wall = time.monotonic(), time.time()
        outputs = super().forward(windows, on_progress)  # type: ignore[safe-super]
        tokens = sum(window.length for window in windows)
        left = float(os.environ[SECONDS]) * tokens / LONG
        time.sleep(max(0.0, left - (time.monotonic() - began)))
        small = sum(window.length for window in windows if window.length < LONG)
        path = Path(os.environ[FOLDER]) / f"{os.getpid()}.forwards"
        with path.open("a") as file:
            file.write(f"{wall} {time.time()} {small} {tokens - small}\n")
        return outputs


change_loaded_analyses(partial(put_before, _Timed))

__all__ = ["app"]
