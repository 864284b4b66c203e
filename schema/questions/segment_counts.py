"""What is counted of segments, by several things at once: documents are read once for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from schema.questions.counts import COUNTS, SUMS, DocumentCounts
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
    # Metadata are read from the documents' own rows, which takes long: only for their keys.
    of_columns = [by for by in kinds if by in COLUMNS]
    of_metadata = [by for by in kinds if by not in COLUMNS]
    found: dict[str, dict[str | None, DocumentCounts]] = {}
    for alike in (of_columns, of_metadata):
        if alike:
            found |= _read(connection, scope, alike)
    return found


def _read(
    connection: Connection, scope: Scope, kinds: Sequence[str]
) -> dict[str, dict[str | None, DocumentCounts]]:
    parameters: dict[str, Any] = {}
    names = {kinds[0]: "by_what"}
    others = []
    for place, by in enumerate(kinds[1:], 1):
        names[by], wanted = f"by_{place}", f"d.{by}"
        if by not in COLUMNS:
            key = by.removeprefix("metadata.")
            wanted, more = metadata_key(key, connection.dialect.name, names[by])
            parameters |= more
        others.append(f"{wanted} AS {names[by]},")
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
    for row in select_rows(connection, sql, scope, by=kinds[0], **parameters):
        found[kinds[row.kind]][row.name] = DocumentCounts.of(row)
    return found
