"""The engine: documents through one analysis, in batches, each document with its own outcome."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from schema.document import Document
from schema.options import RunOptions
from schema.results import Failure, Result
from schema.results.outcome import Outcome
from workers.analysis import Analysis, Stream, Window
from workers.engine.batch_stream import BatchStream
from workers.engine.batching import LEAST, batches, cost
from workers.engine.counters import Counters, ForwardCounter
from workers.engine.document_state import DocumentState, failure_of
from workers.engine.isolation import Blame, isolate, isolate_windows
from workers.engine.token_budget import TokenBudgets
from workers.errors import DeviceLostError, DocumentError, WorkerError
from workers.runtime.device_errors import raise_worker_fault
from workers.runtime.lanes import SharedIterator, lanes_for, run_in_lanes
from workers.runtime.progress import Interruption, carrying, nothing
from workers.runtime.tuning_cache import TuningCache

#: A document that no model can have trouble with.
_HARMLESS = "The parcel arrived on Monday."
#: Windows of one batch that may fail alone before nobody believes it any more.
_MANY = 4
#: To be called now and then by whatever takes long.
Tick = Callable[[], None]
#: What `Analysis.prepare` gives: for each document its windows, or why it has none.
Prepared = Sequence[list[Window] | DocumentError]


class Engine:
    """Runs one analysis over documents.

    Faults have an owner. A document that fails alone is charged with it and the others of its batch
    keep their results, but only after a harmless document has gone through: if that fails too, the
    worker is at fault and nobody is charged. A batch too large for the memory is halved, and the
    engine remembers not to make such large ones; only a row that does not fit alone is charged.

    Args:
        analysis: With its model warm.
    """

    def __init__(self, analysis: Analysis) -> None:
        """Start with the budget that the analysis states."""
        self.analysis = analysis
        self.counters = Counters()
        self._forwards = ForwardCounter(self.counters)
        self._budgets = TokenBudgets(analysis)
        # Tokenizers are not for two threads.
        self._preparing = threading.Lock()
        self._tell: Callable[[], None] = nothing

    @property
    def streams(self) -> bool:
        """Whether documents of several jobs may go through together; see `ContinuousBatching`."""
        return self.analysis.streams or self.analysis.packs

    def stream(self, group: str) -> Stream | None:
        """The analysis's way for windows that come while others are on their way, if it has one; or
        batch by batch, if its model packs.
        """
        if self.analysis.streams or not self.analysis.packs:
            return self.analysis.stream(group)

        def forward(windows: Sequence[Window], tick: Tick) -> list[Any]:
            failed: list[int] = []

            def blame(place: int, error: Exception) -> None:
                # Whoever concludes the document finds out whether it is to blame. So many, and it
                # is none of them.
                failed.append(place)
                if len(failed) > _MANY:
                    raise error

            return self._apart(windows, blame, tick)

        budget, lanes = partial(self.batch_tokens, group), partial(self._lanes, group)
        return BatchStream(forward, budget, lanes, self.analysis.queues)

    def batch_tokens(self, group: str = "") -> int:
        """What a batch may cost, in tokens: what was measured or else is stated, or less where that
        did not fit the memory.

        Args:
            group: Of the windows; each may have a model of its own.
        """
        return self._budgets.of(group)

    def warm_up(self, device: str, kept: TuningCache) -> None:
        """Find the best budget if it is worth it, and see a batch of that size go through.

        Args:
            device: That the model is on.
            kept: What was found on this machine before: it is not measured again.
        """
        if self.analysis.measurable:
            self._budgets.warm_up(lambda some: self.analysis.forward(some, nothing), device, kept)

    def prepare(self, documents: Sequence[Document], options: RunOptions) -> Prepared:
        """Tokenise documents ahead, in whichever thread; `outcomes` takes what comes of it.

        Raises:
            Exception: Whatever the analysis raises: nobody is blamed here.
        """
        with self._preparing:
            return self.analysis.prepare(documents, options)

    def run(
        self,
        documents: Sequence[Document],
        options: RunOptions,
        on_progress: Callable[[], None] | None = None,
    ) -> list[list[Result] | Failure]:
        """Analyse documents.

        Args:
            documents: In any number; all are tokenised before the first batch runs.
            options: What the run asks.
            on_progress: Called when all are tokenised, after every batch, and within a long one;
                what it raises ends the run, and no document is charged.

        Returns:
            For each document, in order, its results (possibly none) or its failure.

        Raises:
            ModelError: If a model cannot be loaded.
            WorkerError: If this process cannot work; no document is to blame.
        """
        return [work.known for work in self._run(documents, options, on_progress)]

    def outcomes(
        self,
        documents: Sequence[Document],
        options: RunOptions,
        on_progress: Callable[[], None] | None = None,
        prepared: Prepared | None = None,
    ) -> list[Outcome]:
        """The same as the ledger stores it: with the documents' ids and the models they went
        through. The ids must be the ledger's. What `prepare` gave need not be done again.
        """
        return self._outcomes(self._run(documents, options, on_progress, prepared))

    def works(
        self, documents: Sequence[Document], prepared: Sequence[list[Window] | Exception]
    ) -> list[DocumentState]:
        """Documents at the beginning of their way, with what `prepare` gave."""
        return [DocumentState.of(*pair) for pair in zip(documents, prepared, strict=True)]

    def conclude(self, works: Sequence[DocumentState], options: RunOptions) -> list[Outcome]:
        """The outcomes of documents whose windows have all gone through; the output of one that
        failed alone is what it raised, and it is tried once more.

        Raises:
            WorkerError: If this process cannot work; no document is to blame.
        """
        for work in works:
            for place, output in enumerate(work.outputs):
                if isinstance(output, Exception) and work.outcome is None:
                    self._batch([(work, place)], options, nothing)
        self._assemble_all(works, options)
        return self._outcomes(works)

    def count(self, done: Counters) -> None:
        """Something was done past `run` and `outcomes`."""
        self._forwards.add(done)

    def _outcomes(self, works: Sequence[DocumentState]) -> list[Outcome]:
        model = self.analysis.model_of
        return [
            Outcome(int(one.document.id), one.known, model(one.windows[0]) if one.windows else None)
            for one in works
        ]

    def _run(
        self,
        documents: Sequence[Document],
        options: RunOptions,
        on_progress: Callable[[], None] | None,
        prepared: Prepared | None = None,
    ) -> list[DocumentState]:
        self._tell = carrying(on_progress or nothing)
        try:
            works = self.works(documents, prepared or self._prepare(documents, options))
            self._tell()
            self._batches(works, options)
            self._assemble_all(works, options)
        except Interruption as told:
            raise told.error from None
        finally:
            self._tell = nothing
        return works

    def _batches(self, works: Sequence[DocumentState], options: RunOptions) -> None:
        rows = [(work, place) for work in works for place in range(len(work.windows))]
        windows = [work.windows[place] for work, place in rows]
        lanes = self._lanes(windows[0].group, cost(windows, self.analysis.packs)) if windows else 1
        analysis = self.analysis
        cut = batches(windows, self.batch_tokens, analysis.packs, lanes, analysis.queues)
        planned = SharedIterator(cut)

        def lane(tick: Tick) -> None:
            for batch in planned:
                # A document that has failed in one window is spared the others.
                wanted = [rows[number] for number in batch if rows[number][0].outcome is None]
                if wanted:
                    self._batch(wanted, options, tick)
                tick()

        run_in_lanes([lane] * lanes, self._tell)

    def _lanes(self, group: str, tokens: int) -> int:
        least = 1 if self.analysis.queues else max(1, self.batch_tokens(group) // LEAST)
        return lanes_for(tokens // least, self.analysis.lanes)

    def _prepare(
        self, documents: Sequence[Document], options: RunOptions
    ) -> Sequence[list[Window] | Exception]:
        def blame(document: Document, error: Exception) -> None:
            self._acquit_worker(document, options, error)

        def on_memory(_: Sequence[Document]) -> None:
            raise WorkerError(f"no memory left to tokenise {len(documents)} documents")

        if not documents:
            return []
        return isolate(documents, lambda some: self.prepare(some, options), blame, on_memory)

    def _batch(
        self, rows: Sequence[tuple[DocumentState, int]], options: RunOptions, tick: Tick
    ) -> None:
        def blame(number: int, error: Exception) -> None:
            self._acquit_worker(rows[number][0].document, options, error)

        outputs = self._apart([work.windows[place] for work, place in rows], blame, tick)
        for (work, place), output in zip(rows, outputs, strict=True):
            if isinstance(output, Exception):
                work.outcome = failure_of(output, "the model read it")
            else:
                work.outputs[place] = output

    def _apart(self, windows: Sequence[Window], blame: Blame, tick: Tick) -> list[Any]:
        """The outputs of a batch; of a window that fails alone, what it raises."""

        def forward(some: Sequence[Window]) -> list[Any]:
            return self._forward(some, tick)

        return isolate_windows(windows, forward, blame, self._budgets, self.analysis.packs)

    def _forward(self, windows: Sequence[Window], tick: Tick) -> list[Any]:
        tokens, costs = cost(windows, packs=True), cost(windows, self.analysis.packs)
        with self._forwards.one(tokens, costs, self.batch_tokens(windows[0].group)):
            outputs = self.analysis.forward(windows, tick)
        if len(outputs) != len(windows):
            raise WorkerError(
                f"{self.analysis.name}: {len(outputs)} outputs for {len(windows)} windows"
            )
        return outputs

    def _assemble_all(self, works: Sequence[DocumentState], options: RunOptions) -> None:
        for work in works:
            if work.outcome is None:
                work.outcome = self._assemble(work, options)

    def _assemble(self, work: DocumentState, options: RunOptions) -> list[Result] | Failure:
        try:
            return self.analysis.assemble(work.document, work.windows, work.outputs, options)
        except DocumentError as error:
            return failure_of(error, "")
        except Exception as error:
            raise_worker_fault(error)
            self._acquit_worker(work.document, options, error)
            return failure_of(error, "its result was put together")

    def _acquit_worker(self, document: Document, options: RunOptions, error: Exception) -> None:
        """Return if a harmless document in the same language goes through.

        Raises:
            WorkerError: If it does not, so that `error` is not the document's fault.
        """
        harmless = Document(document.id, _HARMLESS, document.language)
        try:
            (windows,) = self.prepare([harmless], options)
            if isinstance(windows, DocumentError):
                return
            outputs = [self._forward([window], nothing)[0] for window in windows]
            self.analysis.assemble(harmless, windows, outputs, options)
        except Exception as second:
            raise_worker_fault(second)
            raise WorkerError(
                f"{self.analysis.name}: no document goes through "
                f"({type(error).__name__}, then {type(second).__name__} for a harmless one)"
            ) from second.with_traceback(None)


__all__ = ["Counters", "DeviceLostError", "Engine", "Prepared", "WorkerError"]
