"""The version of the data: changes whenever a figure of a page may, and costs next to nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, func, select

from schema.tables import (
    CorrectionRow,
    DocumentRow,
    Job,
    JobState,
    NearDuplicateRow,
    Run,
    ThemeEdit,
    ThemeSet,
)


@dataclass(frozen=True, slots=True)
class DataVersion:
    """What pages are made of, at a moment.

    Attributes:
        data: Changes with documents, results, themes and runs, and with the day.
        edits: Changes with what people correct: they look for it at once.
        gone: Changes when documents are forgotten or deleted: nobody may see them any longer.
    """

    data: str
    edits: str
    gone: str


def read_version(connection: Connection) -> DataVersion:
    """Read it. Every result comes with a job that is done, and every document with a count of its
    run, so their counts tell of all changes; the ledger sees to it.
    """
    counted = (
        *("read", "stored", "updated", "duplicate", "rejected", "forgotten"),
        "rejects_forgotten",
    )
    runs = select(
        func.count(),
        *(func.sum(getattr(Run, name)) for name in counted),
        *(func.count(getattr(Run, name)) for name in ("archived_at", "deleted_at", "preferred_at")),
        func.max(Run.preferred_at),
    )
    jobs = select(
        func.count(), func.count().filter(Job.state == JobState.DONE), func.max(Job.finished_at)
    )
    others = (
        select(func.max(DocumentRow.id)),
        select(func.max(ThemeSet.id), func.max(ThemeSet.ready_at)),
        select(func.count(), func.max(NearDuplicateRow.group_id)),
    )
    edits = (select(func.max(ThemeEdit.id)), select(func.max(CorrectionRow.id)))
    data = [connection.execute(one).one() for one in (runs, jobs, *others)]
    people = [connection.execute(one).one() for one in edits]
    deleted = select(func.sum(Run.forgotten), func.count(Run.deleted_at), func.min(Run.id))
    gone = connection.execute(deleted).one()
    # What is rising, and which week is the last, depend on the day.
    return DataVersion(_key(datetime.now(UTC).date(), *data), _key(*people), _key(gone))


def _key(*parts: object) -> str:
    return hashlib.sha256(repr([str(one) for one in parts]).encode()).hexdigest()[:16]
