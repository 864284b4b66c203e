"""Continuous batching: documents of one job after the other through a model, without a gap.

A job's last documents are computed with few rows, or by one lane while others wait for it. So those
of the next job come behind them, or take the places of those that have finished.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from workers.analysis import Stream
from workers.engine.assembly import Assembly
from workers.engine.counters import Counters
from workers.engine.document_state import DocumentState
from workers.engine.jobs import FinishedJob, JobSource, PreparedJob
from workers.runtime.device_errors import raise_worker_fault
from workers.runtime.progress import Progress


@dataclass(slots=True)
class _JoinedJob:
    """A job on its way, with its windows that are not through."""

    job: PreparedJob
    states: list[DocumentState]
    remaining: int


class ContinuousBatcher:
    """Computes jobs of one group, each of which may join while others are on their way.

    Args:
        assembly: Makes outcomes.
        stream: Of the analysis.
        group: Of all windows.
    """

    def __init__(self, assembly: Assembly, stream: Stream, group: str) -> None:
        self._assembly, self._stream, self._group = assembly, stream, group
        self._counters = assembly.model.counters
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
            steps = stack.enter_context(closing(self._steps(progress)))
            while True:
                try:
                    finished = next(steps)
                except StopIteration:
                    return None
                except Exception as error:
                    return _fault_of(error)
                if finished is not None:
                    yield finished
                elif self._stream.needs_windows() and (job := source.join(self._group, wait=False)):
                    self.admit(job)

    def admit(self, job: PreparedJob) -> None:
        """Have the windows of a job wait behind those that are there."""
        pairs = zip(job.documents, job.prepared, strict=True)
        states = [DocumentState.of(document, windows) for document, windows in pairs]
        windows = [window for state in states for window in state.windows]
        joined = _JoinedJob(job, states, len(windows))
        for state in states:
            for index in range(len(state.windows)):
                self._windows[self._came] = (joined, state, index)
                self._came += 1
        self._stream.add(windows)

    def _steps(self, progress: Progress) -> Generator[FinishedJob | None, None, None]:
        """What the model does: jobs as they are finished, and None at the end of each step."""
        with closing(self._stream.run(progress.tick)) as steps:
            for outputs in steps:
                for number, output in outputs or ():
                    if finished := self._add_output(number, output):
                        yield finished
                yield None

    def _add_output(self, number: int, output: Any) -> FinishedJob | None:
        joined, state, index = self._windows.pop(number)
        state.outputs[index] = output
        joined.remaining -= 1
        return None if joined.remaining else self._finish(joined)

    def _finish(self, joined: _JoinedJob) -> FinishedJob:
        states = joined.states
        raw = [output for state in states for output in state.outputs]
        outputs = iter(self._stream.outputs(raw))
        for state in states:
            state.outputs = [next(outputs) for _ in state.outputs]
        outcomes = self._assembly.conclude(states, joined.job.options)
        return FinishedJob(joined.job, outcomes, self._count(states))

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
