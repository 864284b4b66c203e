"""What is counted of segments, by several things at once: documents are read once for all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from schema.questions.counts import COUNTS, SUMS, DocumentCounts
from schema.questions.document_numbers import DocumentNumbers, read_document_numbers
from schema.questions.number_rows import is_dense, select_ids_by
from schema.questions.scope import Scope, select_rows
from schema.reports import ReportError
from schema.reports.metadata_key import metadata_key

#: Segments may be of any column of these kinds, beside `metadata.KEY`.
COLUMNS = ("product", "language", "source")

_COUNTED = """
WITH counted AS MATERIALIZED (
    SELECT /* by */ {others} {counts}
    FROM current_documents AS d
    GROUP BY {places}
)
{kinds}
"""
_KIND = "SELECT {place} AS kind, {name} AS name, {sums} FROM counted GROUP BY {name}"

#: Metadata of the documents that are asked about, and of all whose ids are between some.
_METADATA_AMONG = (
    "FROM document_versions AS d WHERE d.id IN (SELECT d.id FROM current_documents AS d)"
)
_METADATA_BETWEEN = "FROM document_versions AS d WHERE d.id BETWEEN :first AND :last"


def read_segment_counts(
    connection: Connection, scope: Scope, kinds: Sequence[str]
) -> dict[str, dict[str | None, DocumentCounts]]:
    """The figures of segments, by what makes them, and by their names; of documents that are in no
    segment by None.

    Args:
        connection: Open.
        scope: Which documents.
        kinds: What makes a segment, each one of `COLUMNS` or `metadata.KEY`; at least one.

    Raises:
        ReportError: If there can be no such segments.
    """
    for by in kinds:
        if by not in COLUMNS and not by.startswith("metadata."):
            raise ReportError(f"--by must be {', '.join(COLUMNS)} or metadata.KEY")
    of_columns = [by for by in kinds if by in COLUMNS]
    of_metadata = [by for by in kinds if by not in COLUMNS]
    found = _of_columns(connection, scope, of_columns) if of_columns else {}
    return found | (_of_metadata(connection, scope, of_metadata) if of_metadata else {})


def _of_metadata(
    connection: Connection, scope: Scope, kinds: Sequence[str]
) -> dict[str, dict[str | None, DocumentCounts]]:
    """Those of keys. Metadata are in the documents' own rows, and to join these with what is stored
    of them takes longer than to read the ids of each value.
    """
    documents = read_document_numbers(connection, scope, dated=False)
    ids = documents.ids
    whole = is_dense(ids)
    ends = {"first": int(ids[0]), "last": int(ids[-1])} if whole else {}
    found = {}
    for by in kinds:
        key = by.removeprefix("metadata.")
        value, parameters = metadata_key(key, connection.dialect.name, "key")
        rest = _METADATA_BETWEEN if whole else _METADATA_AMONG
        rows = select_ids_by(
            connection,
            (value,),
            "d.id",
            rest,
            Scope() if whole else scope,
            **parameters,
            **ends,
        )
        found[by] = _counts(documents, {name: members for (name,), members in rows.items()})
    return found


def _counts(
    documents: DocumentNumbers, members: dict[str | None, NDArray[np.int64]]
) -> dict[str | None, DocumentCounts]:
    """The figures of segments by name, whose ids may be of other documents as well."""
    if not members or not len(documents.ids):
        return {}
    ids = np.concatenate(list(members.values()))
    groups = np.repeat(np.arange(len(members)), [len(one) for one in members.values()])
    chosen = np.isin(ids, documents.ids)
    rows = np.searchsorted(documents.ids, ids[chosen])
    counted = documents.counts(rows, groups[chosen], len(members))
    named = zip(members, counted, strict=True)
    return {name: counts for name, counts in named if counts.documents}


def _of_columns(
    connection: Connection, scope: Scope, kinds: Sequence[str]
) -> dict[str, dict[str | None, DocumentCounts]]:
    names = {kinds[0]: "by_what"}
    others = []
    for place, by in enumerate(kinds[1:], 1):
        names[by] = f"by_{place}"
        others.append(f"d.{by} AS {names[by]},")
    sql = _COUNTED.format(
        others=" ".join(others),
        counts=COUNTS,
        places=", ".join(str(place) for place in range(1, len(kinds) + 1)),
        kinds="\nUNION ALL\n".join(
            _KIND.format(place=place, name=name, sums=SUMS)
            for place, name in enumerate(names.values())
        ),
    )
    found: dict[str, dict[str | None, DocumentCounts]] = {by: {} for by in kinds}
    for row in select_rows(connection, sql, scope, by=kinds[0]):
        found[kinds[row.kind]][row.name] = DocumentCounts.of(row)
    return found
