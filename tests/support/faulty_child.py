"""A child whose engine goes wrong once, and what it has written."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import ClassVar

from sqlalchemy import Engine, func, select

from schema.database import reading
from schema.document import Document
from schema.options import RunOptions
from schema.results.outcome import Outcome
from schema.results.sentiment import Sentiment, SentimentRow
from tests.support.engine_analysis import CountingAnalysis
from workers.child.runner import JobRunner
from workers.engine.counters import Counters
from workers.engine.jobs import FinishedJob, JobSource, Prepared
from workers.runtime.progress import Progress


class OneFault:
    """An engine of which the first call goes wrong in the given way, and later ones go well."""

    analysis = CountingAnalysis()
    is_continuous = False
    siblings: ClassVar[list[str]] = []

    def __init__(self, fault: Exception | Callable[[], None] | None = None) -> None:
        self.fault = fault

    def prepare(self, documents: Sequence[Document], options: RunOptions) -> Prepared:
        return [[] for _ in documents]

    tokenise = prepare

    def group_of(self, prepared: Prepared) -> None:
        return None

    def compute(self, source: JobSource, progress: Progress) -> Generator[FinishedJob, None, None]:
        while job := source.next():
            fault, self.fault = self.fault, None
            if isinstance(fault, Exception):
                raise fault
            if fault is not None:
                fault()
            progress.tick()
            result = [Sentiment("POSITIVE", 0.9)]
            outcomes = [Outcome(int(one.id), result, None) for one in job.documents]
            yield FinishedJob(job, outcomes, Counters())


#: Makes a child of which the first job goes wrong in the given way.
Make = Callable[[Exception | Callable[[], None] | None], JobRunner]


def written(engine: Engine) -> int:
    """Documents with a result."""
    with reading(engine) as connection:
        return connection.execute(select(func.count()).select_from(SentimentRow)).scalar_one()
