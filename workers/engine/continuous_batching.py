"""Continuous batching: documents of one job after the other through a model, without a gap.

A job's last documents are computed with few rows, or by one lane while others wait for it. So those
of the next job come behind them, or take the places of those that have finished.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Self

from schema.document import Document
from schema.results.outcome import Outcome
from workers.analysis import Stream, Window
from workers.engine.assembly import Assembly
from workers.engine.counters import Counters
from workers.engine.document_state import DocumentState
from workers.engine.jobs import FinishedJob, JobSource, PreparedJob
from workers.engine.shared_pass import addressed_to, head_failure, states_of
from workers.errors import DeviceLostError, WorkerError
from workers.runtime.device_errors import raise_worker_fault
from workers.runtime.progress import Progress


@dataclass(slots=True)
class _JoinedJob:
    """A job on its way with its siblings.

    Attributes:
        states: Every document of any of them, once.
        own: The documents of each, itself first, as `job` and its siblings have them.
        remaining: Windows that are not through.
    """

    job: PreparedJob
    states: list[DocumentState]
    own: list[list[DocumentState]]
    remaining: int

    @classmethod
    def of(cls, job: PreparedJob) -> Self:
        """At its beginning."""
        known: dict[Document, DocumentState] = {}
        own = []
        for one in (job, *job.siblings):
            pairs = zip(one.documents, one.prepared, strict=True)
            states = [DocumentState.of(document, windows) for document, windows in pairs]
            # Alone, two that are equal are two: whoever asks for them has numbered them so.
            if job.siblings:
                states = [known.setdefault(state.document, state) for state in states]
            own.append(states)
        union = [*known.values()] if job.siblings else own[0]
        return cls(job, union, own, sum(len(state.windows) for state in union))


class ContinuousBatcher:
    """Computes jobs of one group, each of which may join while others are on their way.

    Args:
        assemblies: Make outcomes, by analysis: the first of whose model it is, and behind it those
            of analyses that share its encoder.
        stream: Of the analysis.
        group: Of all windows.
    """

    def __init__(self, assemblies: Mapping[str, Assembly], stream: Stream, group: str) -> None:
        self._assemblies, self._stream, self._group = assemblies, stream, group
        self._name, self._assembly = next(iter(assemblies.items()))
        #: Whether batches may be of windows for several analyses: then each says for which it is.
        self._shares = len(assemblies) > 1
        self._counters = self._assembly.model.counters
        #: By number of the window: whose it is, and which of his.
        self._windows: dict[int, tuple[_JoinedJob, DocumentState, int]] = {}
        self._came = 0
        self._since = perf_counter()
        self._before = self._seen = self._counters.copy()

    def compute(
        self, first: PreparedJob, source: JobSource, progress: Progress
    ) -> Generator[FinishedJob, None, Exception | None]:
        """Compute jobs until none is left.

        Args:
            first: The first job.
            source: Asked for another between two steps, whenever there is room.
            progress: Hears of every step.

        Yields:
            Each job as soon as its last window is through.

        Returns:
            What the model raised, if it was not found out at whose document: nobody is blamed here,
            and jobs that are not finished should be computed one by one.

        Raises:
            WorkerError: If this process cannot work, whatever it is given.
            DeviceLostError: If the device is gone; any job that is not finished may have done it.
            Interruption: As `progress` raised it.
        """
        with ExitStack() as stack:
            try:
                stack.enter_context(self._stream.opened(progress.tick))
            except Exception as error:
                return _fault_of(error)
            self.admit(first)
            while self._came < self._stream.queue_target:
                if (job := source.join(self._group, wait=True)) is None:
                    break
                self.admit(job)
            # Before the first batch, for which it would wait else.
            if job := source.join_urgent(self._group):
                self.admit(job)
            steps = stack.enter_context(closing(self._steps(source, progress)))
            while True:
                try:
                    finished = next(steps)
                except StopIteration:
                    return None
                except Exception as error:
                    return _fault_of(error)
                if finished is not None:
                    yield finished
                else:
                    self._admit_next(source)

    def _admit_next(self, source: JobSource) -> None:
        """Admit an urgent job, also where there is enough to do, and one that is not, where there
        is not: those that are urgent must not keep it out.
        """
        if job := source.join_urgent(self._group):
            self.admit(job)
        if self._stream.needs_windows() and (job := source.join(self._group, wait=False)):
            self.admit(job)

    def admit(self, job: PreparedJob) -> None:
        """Have the windows of a job wait behind those that are there; before them if it is urgent
        and they are not.
        """
        joined = _JoinedJob.of(job)
        readers = self._readers(joined) if self._shares else {}
        windows: list[Window] = []
        for state in joined.states:
            own = state.windows
            windows += addressed_to(readers[id(state)], own) if self._shares else own
            for index in range(len(own)):
                self._windows[self._came] = (joined, state, index)
                self._came += 1
        self._stream.add(windows, job.urgency)

    def _readers(self, joined: _JoinedJob) -> dict[int, list[str]]:
        """By identity of a document's state, the analyses that read it."""
        readers: dict[int, list[str]] = {}
        for one, states in zip((joined.job, *joined.job.siblings), joined.own, strict=True):
            for state in states:
                readers.setdefault(id(state), []).append(self._name_of(one))
        return readers

    def _steps(
        self, source: JobSource, progress: Progress
    ) -> Generator[FinishedJob | None, None, None]:
        """What the model does: jobs as they are finished, and None at the end of each step."""
        with closing(self._stream.run(progress.tick)) as steps:
            for outputs in steps:
                for number, output in outputs or ():
                    if joined := self._add_output(number, output):
                        yield from self._finish(joined, source)
                yield None

    def _add_output(self, number: int, output: Any) -> _JoinedJob | None:
        """Note what came of a window; the job if that was its last."""
        joined, state, index = self._windows.pop(number)
        state.outputs[index] = output
        joined.remaining -= 1
        return None if joined.remaining else joined

    def _finish(self, joined: _JoinedJob, source: JobSource) -> Iterator[FinishedJob]:
        job, states = joined.job, joined.states
        raw = [output for state in states for output in state.outputs]
        outputs = iter(self._stream.outputs(raw))
        for state in states:
            state.outputs = [next(outputs) for _ in state.outputs]
        if not self._shares:
            alone = self._assembly.conclude(states, job.options)
            yield FinishedJob(job, alone, self._count(states))
            return
        counted = self._count(states)
        for one, own in zip((job, *job.siblings), joined.own, strict=True):
            if (outcomes := self._conclude(one, own, source)) is not None:
                yield FinishedJob(one, outcomes, counted)
                # What was computed for all of them counts once.
                counted = Counters()

    def _conclude(
        self, job: PreparedJob, states: Sequence[DocumentState], source: JobSource
    ) -> list[Outcome] | None:
        """The outcomes of one of the jobs that went through the encoder together; None if it has to
        be computed by itself, where its fault is nobody else's.
        """
        name = self._name_of(job)
        own = states_of(name, states)
        error = head_failure(own)
        if error is None:
            try:
                return self._assemblies[name].conclude(own, job.options)
            except DeviceLostError:
                raise
            except WorkerError as fault:
                error = fault
        source.retry_exclusively(error, job.id)
        return None

    def _name_of(self, job: PreparedJob) -> str:
        return job.analysis or self._name

    def _count(self, states: Sequence[DocumentState]) -> Counters:
        """The time since the job before was finished is this one's, and the tokens are its own."""
        tokens = sum(window.length for state in states for window in state.windows)
        if not self._stream.by_batches:
            now = perf_counter()
            room = max(tokens, self._assembly.model.budgets.of(""))
            counted = Counters(1, tokens, tokens, room, now - self._since)
            self._since = now
            self._assembly.model.count(counted)
            return counted
        seen, self._seen = self._seen, self._counters.copy()
        done = self._seen - seen
        # Batches are of several jobs: each was as full as all of them were.
        room = round(tokens / ((self._seen - self._before).fill or 1.0))
        return Counters(done.forwards, tokens, tokens, room, done.seconds)


def _fault_of(error: Exception) -> Exception:
    """What the model raised, unless it is a worker's fault, which is raised."""
    raise_worker_fault(error)
    # Whoever keeps its frames keeps the tensors of the failed step.
    return error.with_traceback(None)
