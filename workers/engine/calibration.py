"""Calibration: the quickest size of a batch on this machine, measured at warm-up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from workers.analysis import Window

#: Tokens of a batch that are tried, by device.
CANDIDATES = {
    "cpu": (512, 1024, 2048, 4096),
    "cuda": (8192, 16384, 32768, 65536, 131072, 262144),
}

#: Of budgets as quick as this beside the best, the smallest is taken: it pads and holds less.
NEAR = 0.02

#: Seconds that measuring may take, about, and how often each candidate is tried in them.
SECONDS, ROUNDS = 6.0, 3

Forward = Callable[[Sequence[Window]], Any]
