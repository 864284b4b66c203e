"""Sources that come while others are on their way through a decoder."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from workers.decoding.admission_queue import AdmissionQueue
from workers.runtime.lanes import LaneTask, Tick, run_in_lanes

if TYPE_CHECKING:
    from workers.decoding.decoder import Decoder, Texts


class SourceStream:
    """Has a decoder write texts for sources, and takes further ones between two steps.

    Args:
        decoder: Writes.
    """

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._waiting = AdmissionQueue()
        #: Sources that have no text yet.
        self._unwritten = 0
        self._lanes = 0
        self._running: set[int] = set()

    def add(self, sources: Sequence[Sequence[int]]) -> None:
        """Have sources wait for their turn; they are counted from 0 as they come.

        Args:
            sources: Token ids, special tokens included.
        """
        self._waiting.add(sources)
        self._unwritten += len(sources)

    def needs_sources(self) -> bool:
        """Whether fewer wait than the decoder's `queue_target`. Not where there is work for more
        lanes than are left: these come to their end, and all begin anew.
        """
        enough = len(self._running) >= self._decoder.lanes_for(self._unwritten)
        return enough and len(self._waiting) < self._decoder.queue_target

    def run(self, tick: Tick) -> Generator[Texts | None, None, None]:
        """Write texts until no source is left.

        Args:
            tick: Called in this thread after every step; what it raises ends the decoding.

        Yields:
            After every step the texts that are finished, possibly none: the number of the source,
            and token ids as `Decoder.decode` gives them.

        Raises:
            ValueError: If a prompt is empty, or leaves no room for a text.
            IndexError: If a source has a token that the model does not know.
        """
        # What comes just as the last lane ends is left to new ones.
        while len(self._waiting):
            self._lanes = self._decoder.lanes_for(len(self._waiting))
            self._waiting.deal(self._lanes)
            self._running.update(range(self._lanes))
            tasks: list[LaneTask[Texts]] = [
                partial(self._lane, number) for number in range(self._lanes)
            ]
            with closing(run_in_lanes(tasks, tick)) as steps:
                for texts in steps:
                    self._unwritten -= len(texts or ())
                    yield texts

    def _lane(self, number: int, _tick: Tick) -> Generator[Texts, None, None]:
        try:
            yield from self._decoder.write(partial(self._waiting.take, number), self._lanes)
        finally:
            self._running.discard(number)
