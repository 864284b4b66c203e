"""Ingestion: from inputs to documents and jobs, a block at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from producer.ingest.counts import Counts
from producer.ingest.errors import IngestError, UnfinishedError
from producer.ingest.feedback_stream import check_inputs
from producer.ingest.plan import Plan
from producer.ingest.prefetch import prefetch_blocks
from producer.ingest.rare_collection import collecting_rarely
from producer.ingest.readers.reasons import kind_of
from producer.ingest.readers.row import Reject
from producer.ingest.reading import Reading, ReadInput, failed_of
from producer.ingest.storage.block import Block, cut_blocks
from producer.ingest.storage.rejects_file import RejectsFile
from producer.ingest.storage.rejects_place import ENDING, remember_place
from producer.ingest.storage.run import close_run
from producer.ingest.storage.snapshot import mark_gone, newest_document
from producer.ingest.storage.sources import SourceFinder
from producer.ingest.storage.store_block import BlockStore
from producer.ingest.validation.feedback import Feedback
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
        inputs: What has become of each input.
        too_many_rejected: Whether more rows were rejected than may be.
    """

    run: str
    counts: Counts
    rejects: Path
    inputs: list[ReadInput] = field(default_factory=list)
    too_many_rejected: bool = False

    @property
    def failed(self) -> list[ReadInput]:
        """The inputs that could not be read, or not to their end."""
        return failed_of(self.inputs)

    @property
    def unfinished(self) -> bool:
        """Whether the same command may read more, once what failed is mended."""
        return any(one.rows for one in self.failed)


@dataclass(frozen=True)
class DryRun:
    """What a dry run saw.

    Attributes:
        good: Rows that could go in.
        rejected: Rows that could not.
        inputs: What has become of each input.
        rejects: The first of the rejected rows.
        reasons: How many rows are rejected for which kind of reason.
    """

    good: int
    rejected: int
    inputs: list[ReadInput]
    rejects: list[Reject]
    reasons: Counter[str]

    @property
    def failed(self) -> list[ReadInput]:
        """The inputs that could not be read, or not to their end."""
        return failed_of(self.inputs)


def ingest(
    engine: Engine,
    settings: Settings,
    plan: Plan,
    *,
    progress: Progress | None = None,
    on_block: Callable[[], None] = lambda: None,
    notify: Callable[[str], None] = lambda _: None,
) -> Ingested:
    """Read, look into, store and enqueue everything. Run again, it resumes and doubles nothing:
    neither documents nor jobs, nor counts. An input that cannot be read keeps no other from it.

    Args:
        engine: The database, of the right revision.
        settings: For the sizes of blocks, jobs and texts, and the folder of rejects.
        plan: What to do.
        progress: Called after each block.
        on_block: Called after each block, whose jobs are waiting then.
        notify: Gets a sentence where the user should know more.

    Raises:
        IngestError: If no input can be read, or the database or the file of rejects fails.
        RunGoneError: If the run is cancelled or deleted meanwhile.
        UnfinishedError: If no input can be read to its end, but rows of some are stored.
    """
    check_inputs(plan, settings.text_limit)
    newest = newest_document(engine) if plan.snapshot else 0
    rejects = RejectsFile(settings.rejects / f"{plan.run}{ENDING}")
    store = BlockStore(plan, rejects, settings.job_size)
    counts = Counts()
    choose_source = SourceFinder(engine, plan, notify).choose
    reading = Reading(plan, settings.text_limit, choose_source, notify)
    blocks = cut_blocks(reading.rows(), settings.block_size)
    remembering = _remembering(engine, plan, rejects.path, blocks)
    with collecting_rarely(), closing(remembering) as remembered:
        for block in remembered:
            with writing(engine) as connection:
                done = store.store(connection, block)
            counts.add(done)
            on_block()
            if progress:
                progress(counts, reading.fraction())
    _require_input(plan, counts.read, reading)
    too_many = _too_many_rejected(counts, plan.max_rejected)
    ingested = Ingested(plan.run, counts, rejects.path, reading.inputs, too_many)
    if plan.snapshot and not (ingested.failed or too_many):
        counts.gone = mark_gone(engine, reading.sources, store.seen, newest)
    if not ingested.unfinished:
        _close(engine, plan)
    return ingested


def _close(engine: Engine, plan: Plan) -> None:
    with writing(engine) as connection:
        close_run(connection, plan)


def _too_many_rejected(counts: Counts, most: float) -> bool:
    """Whether more rows were rejected than may be, or all. Those without a text are no fault; nor
    is a single one, which would be much of a small file, unless none may be.
    """
    faulty = counts.rejected_in_all - counts.empty
    too_many = faulty > most * counts.read and (faulty > 1 or most == 0)
    return too_many or (counts.rejected_in_all == counts.read > 0)


def _require_input(plan: Plan, read: int, reading: Reading) -> None:
    """Make sure that something was read to its end.

    Raises:
        IngestError: If not.
    """
    if any(one.reason is None for one in reading.inputs):
        return
    error = next((one.reason for one in failed_of(reading.inputs)), reading.inputs[0].reason)
    if read:
        raise UnfinishedError(
            f"{error}. {read} rows were read before that, run {plan.run} has them; "
            "mend it and run the same command again: it resumes"
        )
    raise IngestError(error)


def dry_run(
    settings: Settings,
    plan: Plan,
    progress: Progress | None = None,
    notify: Callable[[str], None] = lambda _: None,
) -> DryRun:
    """Read and look into everything, and store nothing.

    Args:
        settings: For the size of texts.
        plan: What would be done.
        progress: Called now and then.
        notify: Gets a sentence where the user should know more.

    Raises:
        IngestError: If no input can be read.
    """
    check_inputs(plan, settings.text_limit)
    reading = Reading(plan, settings.text_limit, notify=notify)
    good, rejected, shown, reasons = 0, 0, [], Counter[str]()
    for row in reading.rows():
        if row is None:
            continue
        if isinstance(row.content, Feedback):
            good += 1
        else:
            rejected += 1
            reasons[kind_of(row.content.reason)] += 1
            shown += [row.content] if rejected <= SHOWN_REJECTS else []
        if progress and (good + rejected) % settings.block_size == 0:
            progress(Counts(stored=good, rejected=rejected), reading.fraction())
    _require_input(plan, 0, reading)
    return DryRun(good, rejected, reading.inputs, shown, reasons)


def _remembering(
    engine: Engine, plan: Plan, rejects: Path, blocks: Iterator[Block]
) -> Generator[Block, None, None]:
    """The blocks; with the first, it is kept where rejects will lie."""
    with closing(_read_blocks(engine, plan, blocks)) as read:
        for number, block in enumerate(read):
            if not number:
                remember_place(engine, plan, rejects)
            yield block


def _read_blocks(
    engine: Engine, plan: Plan, blocks: Iterator[Block]
) -> Generator[Block, None, None]:
    """The blocks, prefetched where that helps: SQLite takes them in within our own process, and
    nobody knows when the next rows of a pipe come.
    """
    prefetched = engine.dialect.name == "postgresql" and all(one.checkable for one in plan.inputs)
    yield from prefetch_blocks(blocks) if prefetched else filter(None, blocks)
