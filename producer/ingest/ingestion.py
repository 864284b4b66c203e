"""Ingestion: from inputs to documents and jobs, a block at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine

from producer.ingest.counts import Counts
from producer.ingest.errors import IngestError
from producer.ingest.feedback_stream import check_inputs, open_feedback
from producer.ingest.plan import Plan
from producer.ingest.readers.row import Reject
from producer.ingest.storage.block import Block, cut_blocks
from producer.ingest.storage.rejects_file import RejectsFile
from producer.ingest.storage.rejects_place import ENDING, remember_place
from producer.ingest.storage.run import close_run
from producer.ingest.storage.store_block import BlockStore
from producer.ingest.validation.columns import Columns
from producer.ingest.validation.feedback import Feedback
from producer.ingest.validation.input_row import InputRow
from schema.database import writing
from schema.settings import Settings

#: Gets the counts so far, and how much has been read, 0 to 1, where that can be known.
Progress = Callable[[Counts, float | None], None]

#: Rejects that a dry run keeps to show.
SHOWN_REJECTS = 5


@dataclass(frozen=True)
class Ingested:
    """What an ingestion did.

    Attributes:
        run: The run's name.
        counts: Of this time; the run has those of all times, each row once.
        rejects: The file that this run's rejected rows are in.
    """

    run: str
    counts: Counts
    rejects: Path


@dataclass(frozen=True)
class DryRun:
    """What a dry run saw.

    Attributes:
        good: Rows that could go in.
        rejected: Rows that could not.
        columns: What was found in which column, by input.
        rejects: The first of the rejected rows.
    """

    good: int
    rejected: int
    columns: dict[str, Columns]
    rejects: list[Reject]


def ingest(
    engine: Engine,
    settings: Settings,
    plan: Plan,
    *,
    progress: Progress | None = None,
    on_block: Callable[[], None] | None = None,
) -> Ingested:
    """Read, look into, store and enqueue everything. Run again, it resumes and doubles nothing:
    neither documents nor jobs, nor the counts of the run.

    Args:
        engine: The database, of the right revision.
        settings: For the sizes of blocks, jobs and texts, and the folder of rejects.
        plan: What to do.
        progress: Called after each block.
        on_block: Called after each block, whose jobs are waiting then.

    Raises:
        IngestError: If an input cannot be read, or not to its end; blocks before that stay.
    """
    check_inputs(plan, settings.text_limit)
    rejects = RejectsFile(settings.rejects / f"{plan.run}{ENDING}")
    store = BlockStore(plan, rejects, settings.job_size)
    counts = Counts()
    reading = _Reading(plan, settings.text_limit)
    try:
        blocks = cut_blocks(reading.rows(), settings.block_size)
        for block in _remembering(engine, plan, rejects.path, blocks):
            with writing(engine) as connection:
                done = store.store(connection, block)
            counts.add(done)
            if on_block:
                on_block()
            if progress:
                progress(counts, reading.fraction())
    except IngestError as error:
        if counts.read:
            raise IngestError(
                f"{error}. {counts.read} rows were read before that, run {plan.run} has them; "
                "mend it and run the same command again: it resumes"
            ) from None
        raise
    with writing(engine) as connection:
        close_run(connection, plan)
    return Ingested(plan.run, counts, rejects.path)


def dry_run(settings: Settings, plan: Plan, progress: Progress | None = None) -> DryRun:
    """Read and look into everything, and store nothing.

    Raises:
        IngestError: If an input cannot be read, or not to its end.
    """
    check_inputs(plan, settings.text_limit)
    reading = _Reading(plan, settings.text_limit)
    good, rejected, shown = 0, 0, []
    for row in reading.rows():
        if isinstance(row.content, Feedback):
            good += 1
        else:
            rejected += 1
            shown += [row.content] if rejected <= SHOWN_REJECTS else []
        if progress and (good + rejected) % settings.block_size == 0:
            progress(Counts(stored=good, rejected=rejected), reading.fraction())
    return DryRun(good, rejected, reading.columns, shown)


def _remembering(
    engine: Engine, plan: Plan, rejects: Path, blocks: Iterator[Block]
) -> Iterator[Block]:
    """The blocks; with the first, it is kept where rejects will lie."""
    for number, block in enumerate(blocks):
        if not number:
            remember_place(engine, plan, rejects)
        yield block


class _Reading:
    """All inputs of a plan, one behind the other."""

    def __init__(self, plan: Plan, text_limit: int) -> None:
        self._plan = plan
        self._text_limit = text_limit
        self._number = 0
        self._fraction: Callable[[], float | None] = lambda: None
        self.columns: dict[str, Columns] = {}

    def rows(self) -> Iterator[InputRow]:
        """Rows that may go in, and rejects, up to the plan's limit."""
        return islice(self._all(), self._plan.limit)

    def fraction(self) -> float | None:
        """How much has been read, 0 to 1, as if all inputs were of one size."""
        inside = self._fraction()
        return None if inside is None else (self._number + inside) / len(self._plan.inputs)

    def _all(self) -> Iterator[InputRow]:
        for number, one in enumerate(self._plan.inputs):
            with open_feedback(self._plan, number, self._text_limit) as stream:
                self._number, self._fraction = number, stream.fraction
                self.columns[one.name] = stream.columns
                yield from stream.rows
            # What told it is closed by now, while the last rows still wait to be stored.
            self._fraction = lambda: 1.0
