"""Storing a block: documents, their places in the run, their jobs, all in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil

from sqlalchemy import Connection

from producer.ingest.counts import Counts
from producer.ingest.escaping import shown
from producer.ingest.plan import Plan
from producer.ingest.readers.row import Reject
from producer.ingest.storage import postgres, sqlite
from producer.ingest.storage.block import Block
from producer.ingest.storage.counted import CountedRows
from producer.ingest.storage.rejects_file import RejectsFile
from producer.ingest.storage.run import count_block, lock_run
from producer.ingest.storage.stored_document import StoredDocument
from producer.ingest.validation.feedback import Feedback
from schema.analyses import WRITING_ANALYSES
from schema.ledger.enqueue import create_jobs

#: Jobs that a block is cut into at the least for each analysis, so that workers share even a small
#: one and progress moves, …
LEAST_JOBS = 16
#: … unless they had fewer documents than this: a claim and a commit cost as much as some of them.
LEAST_DOCUMENTS = 8
#: Part of TRIAGE_JOB_SIZE that a job of an analysis that writes has: a job is not interrupted, and
#: whatever waits for its worker should not wait much longer behind it than behind others.
WRITING_PART = 1 / 8


def store_block(
    connection: Connection, plan: Plan, block: Block, rejects: RejectsFile, job_size: int
) -> Counts:
    """Store a block. Rejects are on the disk before the transaction ends.

    Args:
        connection: A writing transaction, which the caller commits.
        plan: The plan; its run is made if it is not there.
        block: The rows.
        rejects: Where rejected rows go.
        job_size: Documents in a job at the most.

    Raises:
        IngestError: If the run is for other analyses or options.
    """
    store = postgres if connection.dialect.name == "postgresql" else sqlite
    run = lock_run(connection, plan)
    counted = CountedRows(connection, run.id, block)
    # Of each identity the first; those behind it are compared with it.
    firsts: dict[str, Feedback] = {}
    for row in block:
        if isinstance(row.content, Feedback):
            firsts.setdefault(row.content.identity, row.content)
    found = store.store_documents(connection, run.id, list(firsts.values())) if firsts else {}
    sorted_rows = _sort(block, counted, found)
    joining = sorted_rows.joining
    if joining:
        store.join_run(connection, run.id, run.stored, list(joining))
        end = run.stored + len(joining)
        for analysis in plan.analyses:
            size = _job_size(analysis, len(joining), job_size)
            create_jobs(connection, run.id, [analysis], run.stored, end, size)
    rejects.append(sorted_rows.refused)
    counted.write(connection)
    count_block(connection, run, sorted_rows.counts)
    return sorted_rows.counts


def _job_size(analysis: str, documents: int, largest: int) -> int:
    """How many of a block's documents go into a job."""
    if analysis in WRITING_ANALYSES:
        largest = ceil(largest * WRITING_PART)
    return min(max(LEAST_DOCUMENTS, ceil(documents / LEAST_JOBS)), largest)


@dataclass(slots=True)
class _Sorted:
    """Rows of a block by what becomes of them; `joining` holds ids of documents, in order."""

    counts: Counts = field(default_factory=Counts)
    refused: list[Reject] = field(default_factory=list)
    joining: dict[int, None] = field(default_factory=dict)


def _sort(block: Block, counted: CountedRows, found: Mapping[str, StoredDocument]) -> _Sorted:
    done = _Sorted()
    for row in block:
        item, before = row.content, counted.has(row)
        if isinstance(item, Feedback):
            document = found[item.identity]
            if document.text_hash != item.text_hash:
                item = _other_text(item)
            elif not document.in_run and document.id not in done.joining:
                done.joining[document.id] = None
                done.counts.stored += 1
                done.counts.known += not document.new
                if before:
                    counted.add_again(row)
                continue
        if isinstance(item, Reject):
            # Also one that was counted before: its file may lie elsewhere now.
            done.refused.append(item)
            done.counts.rejected += not before
            done.counts.rejected_before += before
        else:
            done.counts.duplicate += not before
        done.counts.before += before
    return done


def _other_text(one: Feedback) -> Reject:
    reason = (
        f"id {_shown(one.external_id)} is stored in source {_shown(one.source)} with another text; "
        "give another --source, or the right --id"
    )
    return Reject(one.file, one.row.line, reason, one.row.fields)


def _shown(name: str | None) -> str:
    return f"'{shown(name or '')}'"
