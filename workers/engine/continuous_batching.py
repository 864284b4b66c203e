"""Streaming: documents of one job after the other through a model, without a gap between jobs.

A job's last documents are computed with few rows, or by one lane while others wait for it. So those
of the next job come behind them, or take the places of those that have finished.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from schema.document import Document
from schema.options import RunOptions
from schema.results.outcome import Outcome
from workers.analysis import Stream, Window
from workers.engine.counters import Counters
from workers.engine.document_state import DocumentState
from workers.engine.engine import Engine, Prepared
from workers.runtime.device_errors import is_out_of_memory, raise_worker_fault
from workers.runtime.progress import Interruption, carrying

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Batch:
    """The documents of a job, tokenised."""

    documents: Sequence[Document]
    options: RunOptions
    prepared: Prepared


#: The next batch, or None if there is none just now; whether to wait until that is known.
More = Callable[[bool], Batch | None]
#: Number of a batch, counted from 0 as they join, its outcomes, and what they cost.
OnDone = Callable[[int, list[Outcome], Counters], None]


@dataclass(slots=True)
class _Joined:
    number: int
    batch: Batch
    works: list[DocumentState]
    left: int


class ContinuousBatching:
    """Runs batches through an engine's analysis as a stream, if it has one.

    Args:
        engine: Whose analysis, and counters.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._too_large: set[str] = set()

    def group(self, prepared: Prepared) -> str | None:
        """The group that all windows of a batch are of, if its model takes a stream; else None, and
        the batch is one for `Engine.outcomes`.
        """
        groups = {
            window.group
            for windows in prepared
            if not isinstance(windows, Exception)
            for window in windows
        }
        if len(groups) != 1:
            return None
        (group,) = groups
        if group in self._too_large or self._engine.stream(group) is None:
            return None
        return group

    def run(
        self,
        group: str,
        first: Batch,
        more: More,
        on_step: Callable[[], None],
        on_done: OnDone,
    ) -> Exception | None:
        """Run batches until there are no more.

        Args:
            group: Of all windows, as `group` says it.
            first: The first batch.
            more: Asked whenever there is room.
            on_step: Called after every step.
            on_done: Called when all documents of a batch have their outcomes.

        Returns:
            What the model raised, if the stream did not find out at whose document: nobody is
            blamed here, and batches that are not done should go through `Engine.outcomes`, each by
            itself.

        Raises:
            WorkerError: If this process cannot work, whatever it is given.
            DeviceLostError: If the device is gone; any batch that is not done may have done it.
            BaseException: Whatever a call-back raises.
        """
        stream = self._engine.stream(group)
        assert stream is not None
        try:
            _Run(self._engine, stream, carrying(on_step), more, on_done).run(first)
        except Interruption as told:
            raise told.error from None
        except Exception as error:
            raise_worker_fault(error)
            if is_out_of_memory(error) and not stream.by_batches:
                self._too_large.add(group)
                logger.warning(
                    "%s: jobs are computed one by one from now on: side by side, they do not fit "
                    "the memory",
                    self._engine.analysis.name,
                )
            # Whoever keeps its frames keeps the tensors of the failed step.
            return error.with_traceback(None)
        return None


class _Run:
    def __init__(
        self,
        engine: Engine,
        stream: Stream,
        tell: Callable[[], None],
        more: More,
        on_done: OnDone,
    ) -> None:
        self._engine, self._stream = engine, stream
        self._tell, self._more, self._on_done = tell, more, on_done
        self._joined = 0
        #: By number of the window: whose it is, and which of his.
        self._rows: dict[int, tuple[_Joined, DocumentState, int]] = {}
        self._came = 0
        #: Windows that are through, with what the model made of them: lanes write, we read.
        self._through: deque[tuple[int, Any]] = deque()
        self._since = perf_counter()
        self._before = self._seen = engine.counters.copy()

    def run(self, first: Batch) -> None:
        windows = self._join(first)
        while len(windows) < self._stream.wants and (others := self._ask(wait=True)):
            windows += others
        self._stream.run(windows, self._step, self._output, lambda: self._ask(wait=False))

    def _join(self, batch: Batch) -> list[Window]:
        works = self._engine.works(batch.documents, batch.prepared)
        windows = [window for work in works for window in work.windows]
        joined = _Joined(self._joined, batch, works, len(windows))
        for work in works:
            for place in range(len(work.windows)):
                self._rows[self._came] = (joined, work, place)
                self._came += 1
        self._joined += 1
        return windows

    def _ask(self, wait: bool) -> list[Window]:
        batch = carrying(lambda: self._more(wait))()
        return self._join(batch) if batch else []

    def _output(self, number: int, raw: Any) -> None:
        self._through.append((number, raw))

    def _step(self) -> None:
        self._tell()
        while self._through:
            number, raw = self._through.popleft()
            joined, work, place = self._rows.pop(number)
            work.outputs[place] = raw
            joined.left -= 1
            if not joined.left:
                self._finish(joined)

    def _finish(self, joined: _Joined) -> None:
        works = joined.works
        outputs = iter(self._stream.outputs([raw for work in works for raw in work.outputs]))
        for work in works:
            work.outputs = [next(outputs) for _ in work.outputs]
        outcomes = self._engine.conclude(works, joined.batch.options)
        counters = self._count(works)
        carrying(lambda: self._on_done(joined.number, outcomes, counters))()

    def _count(self, works: Sequence[DocumentState]) -> Counters:
        """The time since the batch before was done is this one's, and the tokens are its own."""
        tokens = sum(window.length for work in works for window in work.windows)
        if not self._stream.by_batches:
            now = perf_counter()
            room = max(tokens, self._engine.batch_tokens())
            counted = Counters(1, tokens, tokens, room, now - self._since)
            self._since = now
            self._engine.count(counted)
            return counted
        seen, self._seen = self._seen, self._engine.counters.copy()
        done = self._seen - seen
        # Batches are of several jobs: each was as full as all of them were.
        room = round(tokens / ((self._seen - self._before).fill or 1.0))
        return Counters(done.forwards, tokens, tokens, room, done.seconds)
