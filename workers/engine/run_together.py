"""Documents at hand through several engines, without a ledger: once through each encoder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from schema.document import Document
from schema.options import RunOptions
from workers.engine.document_state import Conclusion
from workers.engine.engine import Engine
from workers.engine.jobs import PreparedJob

#: Of each document its results or its failure.
_Results = Sequence[Conclusion]


def run_together(
    engines: Mapping[str, Engine], documents: Sequence[Document], options: RunOptions
) -> dict[str, _Results]:
    """Analyse documents with all engines; those that share an encoder go through it once.

    Args:
        engines: By analysis.
        documents: In any number; all are tokenised before the first batch runs.
        options: What is asked.

    Returns:
        By analysis, in the order of the engines, what `Engine.run` gives.

    Raises:
        ModelError: As `Engine.run`.
        WorkerError: Likewise.
    """
    done: dict[str, _Results] = {}
    for name, engine in engines.items():
        if name in done:
            continue
        siblings = [other for other in engine.siblings if other in engines and other not in done]
        done |= _run(engine, siblings, documents, options)
    return {name: done[name] for name in engines}


def _run(
    engine: Engine, siblings: Sequence[str], documents: Sequence[Document], options: RunOptions
) -> dict[str, _Results]:
    """What comes of an engine's analysis, and of its siblings if they can go with it."""
    name = engine.analysis.name
    if not siblings:
        return {name: engine.run(documents, options)}
    prepared = engine.prepare(documents, options)
    if (group := engine.group_of(prepared)) is None:
        return {name: engine.run(documents, options)}
    job = PreparedJob(0, documents, options, prepared, group, name)
    others = [replace(job, id=one, analysis=other) for one, other in enumerate(siblings, start=1)]
    source = _OneJob(replace(job, siblings=others))
    done: dict[str, _Results] = {}
    for finished in engine.compute(source, source):
        done[finished.job.analysis] = [outcome.outcome for outcome in finished.outcomes]
        del source.unfinished[finished.job.id]
    return done


class _OneJob:
    """A `JobSource` of one job with its siblings, and the progress of computing them.

    Attributes:
        unfinished: By id, the jobs that have no outcomes yet.
    """

    def __init__(self, job: PreparedJob) -> None:
        self.unfinished = {one.id: one for one in (job, *job.siblings)}
        self._next = [job]

    def next(self) -> PreparedJob | None:
        """The job with its siblings, and then those that have to be computed by themselves."""
        return self._next.pop(0) if self._next else None

    def join(self, group: str, *, wait: bool) -> PreparedJob | None:
        """There is no other."""
        return None

    def join_urgent(self, group: str) -> PreparedJob | None:
        """There is no other."""
        return None

    def retry_exclusively(self, error: Exception, job_id: int | None = None) -> None:
        """Whatever is not finished, or this one job, is computed by itself."""
        ids = list(self.unfinished) if job_id is None else [job_id]
        self._next += [replace(self.unfinished[one], group=None, siblings=()) for one in ids]

    def tick(self) -> None:
        """Nobody waits to hear of it."""
