"""Storing a block: documents, their places in the run, their jobs, all in one transaction."""

from __future__ import annotations

from math import ceil

from sqlalchemy import Connection

from producer.ingest import postgres_store, sqlite_store
from producer.ingest.block import Block
from producer.ingest.counts import Counts
from producer.ingest.feedback import Feedback
from producer.ingest.plan import Plan
from producer.ingest.rejects import RejectsFile
from producer.ingest.row import Reject
from producer.ingest.run import count_block, lock_run
from producer.ingest.shown import shown
from schema.ledger.enqueue import create_jobs

#: Jobs that a block is cut into at the least for each analysis, so that workers share even a small
#: one and progress moves, …
LEAST_JOBS = 16
#: … unless they had fewer documents than this: a claim and a commit cost as much as some of them.
LEAST_DOCUMENTS = 8


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
    store = postgres_store if connection.dialect.name == "postgresql" else sqlite_store
    run = lock_run(connection, plan)
    # Of each identity the first; those behind it are compared with it.
    firsts: dict[str, Feedback] = {}
    for item in block:
        if isinstance(item, Feedback):
            firsts.setdefault(item.identity, item)
    found = store.store_documents(connection, run.id, list(firsts.values())) if firsts else {}
    counts = Counts()
    refused: list[Reject] = []
    joining: dict[int, None] = {}
    for item in block:
        if isinstance(item, Reject):
            refused.append(item)
            continue
        document = found[item.identity]
        if document.text_hash != item.text_hash:
            refused.append(_other_text(item))
        elif document.in_run or document.id in joining:
            counts.duplicate += 1
        else:
            joining[document.id] = None
            counts.known += not document.new
    if joining:
        store.join_run(connection, run.id, run.stored, list(joining))
        size = min(max(LEAST_DOCUMENTS, ceil(len(joining) / LEAST_JOBS)), job_size)
        end = run.stored + len(joining)
        create_jobs(connection, run.id, plan.analyses, run.stored, end, size)
    counts.stored = len(joining)
    counts.rejected = len(refused)
    rejects.append(refused)
    count_block(connection, run, counts)
    return counts


def _other_text(one: Feedback) -> Reject:
    reason = (
        f"id {_shown(one.external_id)} is stored in source {_shown(one.source)} with another text; "
        "give another --source, or the right --id"
    )
    return Reject(one.file, one.row.line, reason, one.row.fields)


def _shown(name: str | None) -> str:
    return f"'{shown(name or '')}'"
