"""The model registry: the models in the memory of this process, and which leaves for another."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, Protocol, TypeVar

from schema.status.workers import ModelInMemory
from workers.models.size import tensor_bytes

logger = logging.getLogger(__name__)

Weights_co = TypeVar("Weights_co", covariant=True)
Weights = TypeVar("Weights")

#: Has other weights dropped until so many bytes are free.
Reserve = Callable[[int], None]


class ModelSource(Protocol[Weights_co]):
    """A model whose weights can be loaded again, and are the same each time."""

    @property
    def name(self) -> str:
        """As the catalog has it."""

    def load(self, reserve: Reserve) -> Weights_co:
        """Load the weights.

        Args:
            reserve: To be called with the bytes that they will take, as far as anybody knows,
                before they are read.

        Raises:
            ModelError: If they cannot be loaded.
        """


class _Held:
    """The weights of one source, or that they were there once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.weights: Any = None
        self.loading = False
        #: Blocks of `using` that are running.
        self.users = 0
        #: Last known; 0 if nobody knows.
        self.bytes = 0
        #: Higher than that of all that were used before.
        self.used = 0


class ModelRegistry:
    """Keeps weights in memory until others need their place: the least recently used go first.

    The bound holds for whatever may leave. Models that are in use, and those that are pinned, stay;
    one that is larger than the bound is loaded all the same, and has the memory to itself. Any
    thread may ask.

    Args:
        budget: Bytes that all weights together may take; None for no limit.
    """

    def __init__(self, budget: int | None = None) -> None:
        self._budget = budget
        self._sources: dict[ModelSource[Any], _Held] = {}
        self._pinned: list[_Held] = []
        self._changed = threading.Condition()
        self._clock = count(1)

    @contextmanager
    def using(self, source: ModelSource[Weights]) -> Iterator[Weights]:
        """The weights of a source, loaded if need be, and safe from eviction while the block runs.

        Before they are loaded, others that nobody uses are dropped, the least recently used first,
        until they fit. Whoever asks while another thread loads them waits for that.

        Raises:
            ModelError: If they cannot be loaded; what was dropped is loaded again when asked for.
        """
        held = self._acquire(source)
        try:
            yield held.weights
        finally:
            with self._changed:
                held.users -= 1
                self._evict(0, spare=self._newest())

    def pin(self, name: str, weights: object) -> None:
        """Count weights that stay as long as this process; what they share with others that were
        pinned before, as heads do their encoder, is counted with these.
        """
        held = _Held(name)
        held.weights = weights
        with self._changed:
            before = [one.weights for one in self._pinned]
            held.bytes = tensor_bytes([*before, weights]) - tensor_bytes(before)
            self._pinned.append(held)
            self._evict(0, spare=None)

    def measure_again(self, source: ModelSource[Any]) -> None:
        """Measure again what is in use: something was added to its weights."""
        held = self._sources[source]
        size = tensor_bytes(held.weights)
        with self._changed:
            held.bytes = size

    def loaded(self) -> list[ModelInMemory]:
        """What is in memory now, by name."""
        with self._changed:
            there = [*self._pinned, *self._in_memory()]
            return sorted(ModelInMemory(held.name, held.bytes) for held in there)

    def _acquire(self, source: ModelSource[Any]) -> _Held:
        with self._changed:
            held = self._sources.setdefault(source, _Held(source.name))
            # From here on nobody drops them.
            held.users += 1
            held.used = next(self._clock)
            self._changed.wait_for(lambda: not held.loading)
            if held.weights is not None:
                return held
            held.loading = True
        try:
            # Not with the lock, since other models are to be used meanwhile.
            held.weights = source.load(lambda size: self._reserve(held.bytes or size))
            held.bytes = tensor_bytes(held.weights)
        finally:
            with self._changed:
                held.loading = False
                if held.weights is None:
                    self._give_up(source, held)
                self._evict(0, spare=held)
                self._changed.notify_all()
        return held

    def _give_up(self, source: ModelSource[Any], held: _Held) -> None:
        held.users -= 1
        if not held.users and not held.bytes:
            # It never was there, and nobody else waits for it.
            del self._sources[source]

    def _reserve(self, size: int) -> None:
        with self._changed:
            self._evict(size, spare=None)

    def _evict(self, size: int, spare: _Held | None) -> None:
        """Drop what nobody uses until so many bytes more fit the bound; with the lock."""
        if self._budget is None:
            return
        there = sorted(self._in_memory(), key=lambda held: held.used)
        taken = size + sum(held.bytes for held in (*self._pinned, *there))
        for held in there:
            if taken <= self._budget:
                return
            if not held.users and held is not spare:
                held.weights = None
                taken -= held.bytes
                logger.info("dropped %s from memory, %d bytes, for others", held.name, held.bytes)

    def _in_memory(self) -> list[_Held]:
        return [held for held in self._sources.values() if held.weights is not None]

    def _newest(self) -> _Held | None:
        return max(self._in_memory(), key=lambda held: held.used, default=None)
