"""Storing a block: documents, their places in the run, their jobs, all in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from types import ModuleType

from sqlalchemy import Connection, update

from producer.ingest.counts import Counts
from producer.ingest.plan import Plan
from producer.ingest.storage import postgres, sqlite
from producer.ingest.storage.block import Block
from producer.ingest.storage.changes import fill_hashes, find_changes
from producer.ingest.storage.counted import CountedRows
from producer.ingest.storage.joining import JoiningDocument, input_number
from producer.ingest.storage.rejects_file import RejectsFile
from producer.ingest.storage.run import LockedRun, analysing_runs, count_block, lock_run
from producer.ingest.storage.seen import SeenDocuments
from producer.ingest.storage.sorted_rows import RowSorter, SortedRows
from producer.ingest.storage.stored_document import StoredDocument
from producer.ingest.validation.feedback import Feedback
from producer.ingest.validation.input_row import InputIdentity
from schema.analyses import WRITING_ANALYSES
from schema.ledger.enqueue import create_jobs
from schema.ledger.needs import in_order
from schema.tables import DocumentRow

#: Jobs that a block is cut into at the least for each analysis, so that workers share even a small
#: one and progress moves, …
LEAST_JOBS = 16
#: … unless they had fewer documents than this: a claim and a commit cost as much as some of them.
LEAST_DOCUMENTS = 8
#: Part of TRIAGE_JOB_SIZE that a job of an analysis that writes has: a job is not interrupted, and
#: whatever waits for its worker should not wait much longer behind it than behind others.
WRITING_PART = 1 / 8


class BlockStore:
    """Stores the blocks of an ingestion. Rejects are on the disk before their transaction ends.

    Args:
        plan: The plan; its run is made if it is not there.
        rejects: Where rejected rows go.
        job_size: Documents in a job at the most.

    Attributes:
        seen: All documents that rows have been.
    """

    def __init__(self, plan: Plan, rejects: RejectsFile, job_size: int) -> None:
        self._plan = plan
        self._rejects = rejects
        self._job_size = job_size
        self._analysing: list[int] | None = None
        self.seen = SeenDocuments()
        #: The same of the inputs that the last block has rows of, by their digests.
        self._of_inputs: dict[str, SeenDocuments] = {}

    def store(self, connection: Connection, block: Block) -> Counts:
        """Store a block.

        Args:
            connection: A writing transaction, which the caller commits.
            block: The rows.

        Raises:
            IngestError: If the run is for other analyses or options.
        """
        counts = Counts()
        for part in _parts(block):
            counts.add(self._store_part(connection, part))
        return counts

    def _store_part(self, connection: Connection, block: Block) -> Counts:
        store = _store_of(connection)
        run = lock_run(connection, self._plan)
        counted = CountedRows(connection, run.id, block)
        # Of each identity the first; those behind it are compared with it.
        firsts: dict[str, Feedback] = {}
        for row in block:
            if isinstance(row.content, Feedback):
                firsts.setdefault(row.content.identity, row.content)
        feedback = list(firsts.values())
        found: dict[str, StoredDocument] = {}
        if feedback:
            analysing = self._runs_that_analyse(connection, run)
            found = store.store_documents(connection, run.id, feedback, analysing)
            found = fill_hashes(connection, found)
        digests = {row.input.digest for row in block}
        self._of_inputs = {one: self._of_inputs.get(one, SeenDocuments()) for one in digests}
        changes = find_changes(connection, run.id, feedback, found, self._of_inputs)
        done = RowSorter(self._plan.on_change, counted, found, changes, firsts).sort(block)
        ids = {identity: one.id for identity, one in found.items()}
        if done.replaced:
            ids |= store.replace_documents(connection, feedback, done.replaced)
        if done.refreshed:
            store.refresh_documents(connection, feedback, done.refreshed)
        if done.returned:
            returned = DocumentRow.id.in_(done.returned)
            connection.execute(update(DocumentRow).where(returned).values(gone_at=None))
        self._remember(block, ids)
        self._join(connection, run, done, ids)
        self._rejects.append(done.refused)
        counted.write(connection)
        count_block(connection, run, done.counts)
        return done.counts

    def _remember(self, block: Block, ids: dict[str, int]) -> None:
        self.seen.add(ids.values())
        for row in block:
            if isinstance(row.content, Feedback):
                self._of_inputs[row.input.digest].add([ids[row.content.identity]])

    def _join(
        self, connection: Connection, run: LockedRun, done: SortedRows, ids: dict[str, int]
    ) -> None:
        if not done.joining:
            return
        store = _store_of(connection)
        joining = [
            JoiningDocument(ids[identity], input_number(row.input.digest))
            for identity, row in done.joining.items()
        ]
        store.join_run(connection, run.id, run.position, joining)
        end = run.position + len(joining)
        for analysis in in_order(self._plan.analyses, run.needs):
            size = _job_size(analysis, len(joining), self._job_size)
            create_jobs(*(connection, run.id, [analysis], run.position, end, size), needs=run.needs)

    def _runs_that_analyse(self, connection: Connection, run: LockedRun) -> list[int]:
        """Runs that have asked the same of their documents, so that those that are unchanged need
        not be asked again; looked up once.
        """
        if self._analysing is None:
            again = self._plan.analyse_again
            self._analysing = [] if again else analysing_runs(connection, run, self._plan)
        return self._analysing


def _store_of(connection: Connection) -> ModuleType:
    return postgres if connection.dialect.name == "postgresql" else sqlite


def _parts(block: Block) -> Iterator[Block]:
    """The block, cut where a further input changes what it has of an earlier one."""
    part: Block = []
    known: dict[str, tuple[str, InputIdentity]] = {}
    for row in block:
        item = row.content
        if isinstance(item, Feedback):
            content, input_ = known.setdefault(item.identity, (item.content_hash, row.input))
            if content != item.content_hash and input_ != row.input:
                yield part
                part, known = [], {item.identity: (item.content_hash, row.input)}
        part.append(row)
    yield part


def _job_size(analysis: str, documents: int, largest: int) -> int:
    """How many of a block's documents go into a job."""
    if analysis in WRITING_ANALYSES:
        largest = ceil(largest * WRITING_PART)
    return min(max(LEAST_DOCUMENTS, ceil(documents / LEAST_JOBS)), largest)
