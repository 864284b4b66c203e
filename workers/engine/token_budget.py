"""The budget of a batch: found by measurement at warm-up, kept, and lowered by out-of-memory."""

from __future__ import annotations

import json
import logging
import platform
import threading
from collections.abc import Sequence
from itertools import cycle
from time import perf_counter
from typing import Any

import torch

from schema.document import Document
from schema.options import RunOptions
from workers.analysis import Analysis, Window
from workers.engine.batching import batches
from workers.engine.calibration import CANDIDATES, NEAR, ROUNDS, SECONDS, Forward
from workers.runtime.device_errors import is_out_of_memory
from workers.runtime.tuning_cache import TuningCache

logger = logging.getLogger(__name__)

#: Sentences of the texts that are measured with, long ones among short as customers write.
_LENGTHS = (4, 1, 9, 2, 1, 30, 3, 1, 6, 2, 14, 1, 5, 2, 3, 20, 1, 4, 2, 7)
_SENTENCE = "The parcel arrived on Monday, and the box was fine. "


class TokenBudgets:
    """What a batch of each group of windows may cost.

    Args:
        analysis: With its model warm. What it states holds until something else is found.
    """

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._found: dict[str, int] = {}
        self._ceilings: dict[str, int] = {}
        self._keys: dict[str, dict[str, str]] = {}
        self._kept: TuningCache | None = None
        self._lock = threading.Lock()

    def of(self, group: str) -> int:
        """Of a group: what was measured or else is stated, or less where that did not fit."""
        found = self._found.get(group, self._analysis.batch_tokens)
        return min(found, self._ceilings.get(group, found))

    def set_ceiling(self, group: str, tokens: int) -> None:
        """No batch is to cost more from now on."""
        self._ceilings[group] = tokens

    def restore(self, group: str, lowered: int, ceiling: int) -> None:
        """What it was lowered to was needless, unless another lane has lowered it further."""
        with self._lock:
            if self.of(group) == lowered:
                self._ceilings[group] = ceiling

    def lower(self, group: str, cost: int) -> int:
        """A batch that cost so many tokens did not fit the memory.

        Returns:
            What a batch may cost now.
        """
        with self._lock:
            # Another lane may have found out more.
            lowered = self._ceilings[group] = min(cost // 2, self.of(group))
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        return lowered

    def keep(self, group: str) -> None:
        """Write down what has come of a group that was measured."""
        if self._kept is not None and group in self._keys:
            decision = {"batch_tokens": self.of(group)}
            self._kept.keep(self._keys[group], decision, _tokens_of, anew=True)

    def warm_up(self, forward: Forward, device: str, kept: TuningCache) -> None:
        """Measure the groups of harmless windows, unless that was done before, and make sure that a
        batch of the largest size goes through.

        Args:
            forward: Of one batch.
            device: That the model is on.
            kept: What was found on this machine before.
        """
        self._kept = kept
        for group, windows in _harmless(self._analysis).items():
            self._keys[group] = self._key(windows[0], device)
            if known := kept.read(self._keys[group], _tokens_of):
                self._found[group] = known
            else:
                self._measure(group, windows, forward, device)
            self._fill_once(group, windows, forward)

    def _key(self, window: Window, device: str) -> dict[str, str]:
        """All that the best budget depends on."""
        model = self._analysis.model_of(window)
        place = torch.device(device)
        on = torch.cuda.get_device_name(place) if place.type == "cuda" else platform.machine()
        return {
            "model": model.name,
            "revision": model.revision,
            "options": json.dumps(model.options, sort_keys=True),
            "packs": str(self._analysis.packs),
            "device": on,
            "threads": str(torch.get_num_threads()),
            "torch": torch.__version__,
        }

    def _measure(
        self, group: str, windows: Sequence[Window], forward: Forward, device: str
    ) -> None:
        candidates = CANDIDATES.get(torch.device(device).type, CANDIDATES["cpu"])
        took = times(windows, forward, candidates, self._analysis.packs)
        if took:
            self._found[group] = smallest_near_best(took)
            # A machine that is too busy today is measured another day.
            self.keep(group)
        tokens = sum(window.length for window in taken(windows, max(took, default=0)))
        logger.info(
            "%s: %d tokens a batch (%s)",
            self._analysis.name,
            self.of(group),
            ", ".join(f"{one}: {tokens / seconds:,.0f} tokens/s" for one, seconds in took.items())
            or "too slow to be measured",
        )

    def _fill_once(self, group: str, windows: Sequence[Window], forward: Forward) -> None:
        while True:
            pool = taken(windows, self.of(group))
            largest = next(batches(pool, lambda _: self.of(group), self._analysis.packs))
            try:
                forward([pool[place] for place in largest])
                return
            except Exception as error:
                if not is_out_of_memory(error) or len(largest) < 2:
                    raise
            self.set_ceiling(group, self.of(group) // 2)
            self.keep(group)


def times(
    windows: Sequence[Window], forward: Forward, candidates: Sequence[int], packs: bool
) -> dict[int, float]:
    """Time the same windows in batches of different sizes, in turns, each at its best.

    Args:
        windows: Some, of one group.
        forward: Of one batch.
        candidates: Budgets, the smallest first.
        packs: Whether `forward` computes without padding.

    Returns:
        Seconds by budget, of those that time and memory allow; none if that leaves no choice.
    """
    began = perf_counter()
    few = taken(windows, candidates[0])
    # The first forward of a process pays for much that later ones find ready.
    _time(few, forward, candidates[0], packs)
    speed = candidates[0] / max(1e-9, _time(few, forward, candidates[0], packs))
    left = SECONDS - (perf_counter() - began)
    tried = [one for place, one in enumerate(candidates, 1) if place * one <= speed * left]
    if len(tried) < 2:
        return {}
    pool = taken(windows, tried[-1])
    best: dict[int, float] = {}
    for _ in range(ROUNDS):
        for one in tried:
            try:
                best[one] = min(_time(pool, forward, one, packs), best.get(one, float("inf")))
            except Exception as error:
                if not is_out_of_memory(error) or one == candidates[0]:
                    raise
                tried = [smaller for smaller in tried if smaller < one]
                break
        if perf_counter() - began + sum(best.values()) > SECONDS:
            break
    return {one: best[one] for one in tried}


def smallest_near_best(took: dict[int, float]) -> int:
    """Of seconds by budget, the smallest budget that is hardly slower than the quickest."""
    quickest = min(took.values())
    return min(one for one, seconds in took.items() if seconds <= quickest * (1 + NEAR))


def taken(windows: Sequence[Window], tokens: int) -> list[Window]:
    """Windows, again and again, up to so many tokens; at least one."""
    pool: list[Window] = []
    for window in cycle(windows):
        tokens -= window.length
        if tokens < 0 and pool:
            return pool
        pool.append(window)
    return pool


def _tokens_of(decision: dict[str, Any]) -> int:
    tokens = decision["batch_tokens"]
    if not isinstance(tokens, int) or tokens < 1:
        raise ValueError("batch_tokens is no number of tokens")
    return tokens


def _time(pool: Sequence[Window], forward: Forward, budget: int, packs: bool) -> float:
    began = perf_counter()
    for batch in batches(pool, lambda _group: budget, packs):
        forward([pool[place] for place in batch])
    return perf_counter() - began


def _harmless(analysis: Analysis) -> dict[str, list[Window]]:
    """Windows of texts that no model can have trouble with, by group."""
    texts = [_SENTENCE * count for count in _LENGTHS]
    documents = [Document(number, text) for number, text in enumerate(texts)]
    groups: dict[str, list[Window]] = {}
    for windows in analysis.prepare(documents, RunOptions()):
        for window in () if isinstance(windows, Exception) else windows:
            groups.setdefault(window.group, []).append(window)
    return groups
