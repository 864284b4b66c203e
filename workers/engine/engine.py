"""The engine: documents through one analysis, in batches, each document with its own outcome."""

from __future__ import annotations

import logging
from collections.abc import Generator, Sequence

from schema.document import Document
from schema.options import RunOptions
from workers.analysis import Analysis
from workers.engine.assembly import Assembly
from workers.engine.batched_model import BatchedModel
from workers.engine.batching import batches, cost
from workers.engine.continuous_batching import ContinuousBatcher
from workers.engine.counters import Counters
from workers.engine.document_state import Conclusion, DocumentState
from workers.engine.isolation import isolate
from workers.engine.jobs import FinishedJob, JobSource, Prepared, PreparedJob
from workers.engine.token_budget import TokenBudgets
from workers.errors import WorkerError
from workers.runtime.device_errors import is_out_of_memory
from workers.runtime.lanes import SharedIterator, Tick, run_in_lanes
from workers.runtime.progress import Progress, no_progress
from workers.runtime.tuning_cache import TuningCache

logger = logging.getLogger(__name__)


class Engine:
    """Runs one analysis over documents.

    Faults have an owner. A document that fails alone is charged with it and the others of its batch
    keep their results, but only after the canary has gone through: if that harmless document fails
    too, the worker is at fault and nobody is charged. A batch too large for the memory is halved,
    and the engine remembers not to make such large ones; only a row that does not fit alone is
    charged.

    Args:
        analysis: With its model warm.

    Attributes:
        analysis: As given.
    """

    def __init__(self, analysis: Analysis) -> None:
        """Start with the budget that the analysis states."""
        self.analysis = analysis
        self._model = BatchedModel(analysis)
        self._assembly = Assembly(self._model)
        #: By group, whether its windows may come while others are on their way.
        self._takes_stream: dict[str, bool] = {}
        #: By analysis, the engines that share an encoder, this one among them.
        self._partners: dict[str, Engine] = {analysis.name: self}

    @property
    def counters(self) -> Counters:
        """What has been done so far; it changes while the engine works."""
        return self._model.counters

    @property
    def is_continuous(self) -> bool:
        """Whether documents of several jobs may be computed together."""
        return self.analysis.streams or self.analysis.packs

    @property
    def siblings(self) -> list[str]:
        """The other analyses whose jobs may go through the encoder with those of this one."""
        return [name for name in self._partners if name != self.analysis.name]

    def share_encoder(self, partners: Sequence[Engine]) -> None:
        """Have jobs of these engines go through their encoder together.

        Args:
            partners: Engines of analyses that are equal in `sharing`, this one among them. Each has
                to be told.
        """
        self._partners = {partner.analysis.name: partner for partner in partners}
        self._model.partners = {name: one.analysis for name, one in self._partners.items()}

    @property
    def budgets(self) -> TokenBudgets:
        """What a batch of each group may cost."""
        return self._model.budgets

    def batch_tokens(self, group: str = "") -> int:
        """What a batch may cost, in tokens: what was measured or else is stated, or less where that
        did not fit the memory.

        Args:
            group: Of the windows; each may have a model of its own.
        """
        return self._model.budgets.of(group)

    def warm_up(self, device: str, kept: TuningCache) -> None:
        """Find the best budget if it is worth it, and see a batch of that size go through.

        Args:
            device: That the model is on.
            kept: What was found on this machine before: it is not measured again.
        """
        if self.analysis.measurable:
            self._model.budgets.warm_up(
                lambda windows: self.analysis.forward(windows, no_progress), device, kept
            )

    def tokenise(self, documents: Sequence[Document], options: RunOptions) -> Prepared:
        """Tokenise documents, in whichever thread; nobody is blamed here.

        Raises:
            Exception: Whatever the analysis raises, if only at one of the documents.
        """
        return self._model.tokenise(documents, options)

    def prepare(self, documents: Sequence[Document], options: RunOptions) -> Prepared:
        """Tokenise documents in the thread that computes. One that cannot be has what it raised in
        place of its windows, and others are untouched.

        Raises:
            WorkerError: If no document can be, the canary included.
        """

        def on_culprit(document: Document, error: Exception) -> None:
            self._assembly.canary.prove_worker(document, options, error)

        def on_memory(_: Sequence[Document]) -> None:
            raise WorkerError(f"no memory left to tokenise {len(documents)} documents")

        if not documents:
            return []
        return isolate(documents, lambda some: self.tokenise(some, options), on_culprit, on_memory)

    def group_of(self, prepared: Prepared) -> str | None:
        """The group that all windows of a job are of, if jobs of that group may be computed
        together; None if the job is to be computed by itself.
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
        if group not in self._takes_stream:
            self._takes_stream[group] = self._model.stream(group) is not None
        return group if self._takes_stream[group] else None

    def compute(self, source: JobSource, progress: Progress) -> Generator[FinishedJob, None, None]:
        """Compute jobs until a source has none left; jobs overlap where the model allows it.

        If the model fails and no document can be named, the jobs that are not finished are computed
        again, one by one. To close the generator ends all lanes.

        Args:
            source: Says which job comes next, and which may join others.
            progress: Hears of every step, in this thread.

        Yields:
            Each job as soon as its last document has its outcome, not always in their order; its
            siblings likewise.

        Raises:
            DeviceLostError: If the device is gone; any job that is not finished may have done it.
            WorkerError: If this process cannot work; no document is charged.
            Interruption: As `progress` raised it; no document is charged.
        """
        while (job := source.next()) is not None:
            stream = None if job.group is None else self._model.stream(job.group)
            if stream is None:
                assert not job.siblings, "siblings go through the encoder in a stream"
                partner = self._partners[job.analysis or self.analysis.name]
                yield partner._compute_alone(job, progress.tick)
                continue
            assert job.group is not None
            batcher = ContinuousBatcher(self._assemblies, stream, job.group)
            if (error := (yield from batcher.compute(job, source, progress))) is None:
                continue
            if is_out_of_memory(error) and not stream.by_batches:
                self._takes_stream[job.group] = False
                logger.warning(
                    "%s: jobs are computed one by one from now on: side by side, they do not fit "
                    "the memory",
                    self.analysis.name,
                )
            source.retry_exclusively(error)

    def run(self, documents: Sequence[Document], options: RunOptions) -> list[Conclusion]:
        """Analyse documents at hand, without a ledger.

        Args:
            documents: In any number; all are tokenised before the first batch runs.
            options: What the run asks.

        Returns:
            For each document, in order, its results (possibly none) or its failure.

        Raises:
            ModelError: If a model cannot be loaded.
            WorkerError: If this process cannot work; no document is to blame.
        """
        prepared = self.prepare(documents, options)
        states = self._compute_batches(documents, prepared, options, no_progress)
        return [state.known for state in states]

    @property
    def _assemblies(self) -> dict[str, Assembly]:
        """By analysis; this one's is the first."""
        own = {self.analysis.name: self._assembly}
        return own | {name: one._assembly for name, one in self._partners.items()}

    def _compute_alone(self, job: PreparedJob, tick: Tick) -> FinishedJob:
        before = self.counters.copy()
        states = self._compute_batches(job.documents, job.prepared, job.options, tick)
        return FinishedJob(job, self._assembly.outcomes(states), self.counters - before)

    def _compute_batches(
        self, documents: Sequence[Document], prepared: Prepared, options: RunOptions, tick: Tick
    ) -> list[DocumentState]:
        states = [DocumentState.of(*pair) for pair in zip(documents, prepared, strict=True)]
        tick()
        rows = [(state, index) for state in states for index in range(len(state.windows))]
        windows = [state.windows[index] for state, index in rows]
        packs, queues = self.analysis.packs, self.analysis.queues
        lanes = self._model.lanes(windows[0].group, cost(windows, packs)) if windows else 1
        planned = SharedIterator(batches(windows, self._model.budgets.of, packs, lanes, queues))

        def lane(tick: Tick) -> Generator[None, None, None]:
            for batch in planned:
                # A document that has failed in one window is spared the others.
                needed = [rows[number] for number in batch if rows[number][0].outcome is None]
                if needed:
                    self._assembly.compute(needed, options, tick)
                yield

        for _ in run_in_lanes([lane] * lanes, tick):
            pass
        self._assembly.assemble(states, options)
        return states
