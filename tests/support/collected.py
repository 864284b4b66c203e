"""Jobs for an engine, given as they are asked for, and what is finished of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from schema.document import Document
from schema.options import RunOptions
from schema.results.outcome import Outcome
from workers.engine.counters import Counters
from workers.engine.engine import Engine
from workers.engine.jobs import PreparedJob

OPTIONS = RunOptions(translate_to="de")


def nothing() -> None: ...


def documents_of(texts: list[str]) -> list[Document]:
    return [Document(number, text, "en") for number, text in enumerate(texts)]


def job_of(
    engine: Engine, documents: Sequence[Document], options: RunOptions = OPTIONS
) -> PreparedJob:
    """A job that may be computed together with others, if the engine does that."""
    prepared = engine.prepare(documents, options)
    return PreparedJob(0, documents, options, prepared, engine.group_of(prepared))


def exclusive_job_of(
    engine: Engine, documents: Sequence[Document], options: RunOptions = OPTIONS
) -> PreparedJob:
    """A job that is computed by itself."""
    return PreparedJob(0, documents, options, engine.prepare(documents, options))


def outcomes_of(
    engine: Engine, documents: Sequence[Document], options: RunOptions = OPTIONS
) -> list[Outcome]:
    """The outcomes of a job that is computed by itself."""
    jobs = Jobs([exclusive_job_of(engine, documents, options)])
    (finished,) = engine.compute(jobs, jobs)
    return finished.outcomes


class Jobs:
    """A source of jobs, and the progress of computing them.

    Args:
        jobs: Numbered in this order.
        on_tick: Called at every step.

    Attributes:
        remaining: Jobs that nobody has asked for.
        firsts: Jobs that were given while none was being computed.
        asked: How often one was asked for that should join others.
        waited_for: How many joined that were waited for.
        faults: What made the engine give up to compute jobs together.
    """

    def __init__(self, jobs: Sequence[PreparedJob], on_tick: Callable[[], None] = nothing) -> None:
        self.remaining = [
            PreparedJob(number, job.documents, job.options, job.prepared, job.group)
            for number, job in enumerate(jobs)
        ]
        self.tick = on_tick
        self.firsts, self.asked, self.waited_for = 0, 0, 0
        self.faults: list[Exception] = []

    def next(self) -> PreparedJob | None:
        if not self.remaining:
            return None
        self.firsts += 1
        return self.remaining.pop(0)

    def join(self, group: str, *, wait: bool) -> PreparedJob | None:
        self.asked += 1
        # Now and then there is none just now.
        if not wait and self.asked % 3 == 0:
            return None
        if not self.remaining or self.remaining[0].group != group:
            return None
        self.waited_for += wait
        return self.remaining.pop(0)

    def join_urgent(self, group: str) -> PreparedJob | None:
        """None is urgent."""

    def retry_exclusively(self, error: Exception, job_id: int | None = None) -> None:
        """Nobody asks again."""
        self.faults.append(error)
        self.remaining.clear()


class Collected:
    """What an engine makes of jobs: outcomes by number of the job, and what they cost."""

    def __init__(self, engine: Engine, jobs: Jobs) -> None:
        self.done: dict[int, list[Outcome]] = {}
        self.counted = Counters()
        for finished in engine.compute(jobs, jobs):
            assert finished.job.id not in self.done
            self.done[finished.job.id] = finished.outcomes
            self.counted += finished.counters
