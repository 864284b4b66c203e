"""Columns by the names that the user gives, and by those that were known first."""

from __future__ import annotations

from collections.abc import Sequence

from producer.ingest.columns.choice import ColumnChoice, Columns, Names
from producer.ingest.columns.nested_fields import column_of_path
from producer.ingest.columns.usual_names import TEXT_ENDINGS, USUAL_NAMES, usual_columns, words
from producer.ingest.errors import IngestError
from producer.ingest.escaping import shown_names


def named_columns(
    name: str, columns: Sequence[str], role: str, requested: Names
) -> tuple[str, ...]:
    """The columns that the user names for a role.

    Raises:
        IngestError: If one is not there.
    """
    if isinstance(requested, tuple):
        found = [one for part in requested for one in named_columns(name, columns, role, part)]
        return tuple(dict.fromkeys(found))
    one = find_named(columns, requested)
    if one is not None:
        return (one,)
    parts = [part.strip() for part in requested.split(",")]
    if role in ("text", "time") and len(parts) > 1:
        several = [find_named(columns, part) for part in parts]
        if all(several):
            return tuple(dict.fromkeys(column for column in several if column))
    raise IngestError(
        f"{name} has no column {requested!r} (--{role}); its columns are: {shown_names(columns)}"
    )


def find_named(columns: Sequence[str], requested: str) -> str | None:
    """The column of this name, in any case of letters where only one is so called; a path into
    nested fields as it is; None where there is neither."""
    if requested in columns:
        return requested
    alike = [column for column in columns if column.casefold() == requested.casefold()]
    if len(alike) == 1:
        return alike[0]
    return requested if column_of_path(columns, requested) else None


def identity_columns(columns: Sequence[str], choice: ColumnChoice, with_source: bool) -> Columns:
    """The columns by the names that were known first, see `ColumnPlan.identity`."""
    free = list(columns)
    found: dict[str, str | None] = {}
    for role in USUAL_NAMES:
        requested = getattr(choice, role, None)
        # What names several columns came later.
        one = find_named(columns, requested) if isinstance(requested, str) and requested else None
        if one is not None:
            found[role] = one
            free = [column for column in free if column != one]
        elif requested == "":
            found[role] = None
    if not with_source:
        found["source"] = None
    for role in USUAL_NAMES:
        if role not in found:
            found[role] = next(iter(usual_columns(role, free)), None)
    ending = [column for column in free if words(column).endswith(TEXT_ENDINGS)]
    found["text"] = found["text"] or next(iter(ending), "")
    return Columns(**found)  # type: ignore[arg-type]
