"""Lists of documents: those of a choice that are behind a figure, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from producer.page.texts import Text, TextIndex
from producer.serve.filters.behind import Behind
from schema.questions import Scope
from schema.questions.scope import select_rows
from schema.reports import Condition
from schema.tables import CorrectionRow

#: Documents of a page of a list.
AT_ONCE = 50
#: The last page that can be asked for: further ones take the database ever longer.
LAST_PAGE = 2_000
#: Columns that only `v_documents` has; without them a list is read from rollups, which is quicker.
_WIDE = ("d.external_id", "d.question", "d.version", "d.metadata")


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a list.

    Attributes:
        total: Documents in all.
        number: Of the page, from 1.
        texts: The newest first.
        said: By document what people say of it, as `analysis: label`.
    """

    total: int
    number: int
    texts: Sequence[Text]
    said: dict[int, list[str]]

    @property
    def first(self) -> int:
        """The place of its first document, from 1."""
        return (self.number - 1) * AT_ONCE + 1

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return min(LAST_PAGE, max(1, -(-self.total // AT_ONCE)))


def read_listing(connection: Connection, scope: Scope, behind: Behind, number: int) -> Listing:
    """Read a page of the documents of a scope that are behind a figure.

    Args:
        connection: Open.
        scope: Which documents.
        behind: What else has to hold.
        number: Of the page, from 1.
    """
    conditions = list(behind.conditions)
    parameters: dict[str, Any] = {}
    reads = "v_documents"
    # Restricted by its views a list would go through all of a document's columns.
    if scope.run_id is None and not _is_wide((*scope.where, *conditions)):
        reads, conditions = "current_documents", [*_of_period(scope), *scope.where, *conditions]
        scope = Scope()
    for one in conditions:
        parameters.update(one.parameters)
    where = " AND ".join(f"({one.sql})" for one in conditions) or "1 = 1"
    counted = f"SELECT COUNT(*) FROM {reads} AS d WHERE {where}"
    ((total,),) = select_rows(connection, counted, scope, **parameters)
    listed = f"""
        SELECT d.id FROM {reads} AS d WHERE {where}
        ORDER BY d.time IS NULL, d.time DESC, d.id DESC LIMIT :most OFFSET :skipped
    """
    parameters |= {"most": AT_ONCE, "skipped": (number - 1) * AT_ONCE}
    rows = select_rows(connection, listed, scope, **parameters)
    ids = [row.id for row in rows]
    return Listing(total, number, read_texts(connection, scope, ids), read_said(connection, ids))


def _is_wide(conditions: Sequence[Condition]) -> bool:
    return any(name in one.sql for one in conditions for name in _WIDE)


def _of_period(scope: Scope) -> list[Condition]:
    ends = (("since", ">=", scope.period.since), ("until", "<", scope.period.until))
    return [
        Condition(f"d.time {sign} :{name}", {name: moment})
        for name, sign, moment in ends
        if moment is not None
    ]


def read_texts(connection: Connection, scope: Scope, ids: Sequence[int]) -> list[Text]:
    """Documents as they are shown in a list, in the order of their ids here."""
    index = TextIndex()
    index.add("list", "", len(ids), ids)
    by_id = {one.id: one for one in index.read(connection, scope)}
    return [by_id[one] for one in ids if one in by_id]


def read_said(connection: Connection, ids: Sequence[int]) -> dict[int, list[str]]:
    """By document what people say of it: of each analysis the last word."""
    rows = connection.execute(
        select(CorrectionRow.document_id, CorrectionRow.analysis, CorrectionRow.label)
        .where(CorrectionRow.document_id.in_(ids), CorrectionRow.superseded_at.is_(None))
        .order_by(CorrectionRow.id)
    )
    last = {(row.document_id, row.analysis): row.label for row in rows}
    said: dict[int, list[str]] = {}
    for (document, analysis), label in last.items():
        said.setdefault(document, []).append(f"{analysis}: {label}")
    return said
