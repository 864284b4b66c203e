"""Identity by content: feedback without an id is known by what some of its columns say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from producer.ingest.columns.named_columns import find_named
from producer.ingest.columns.nested_fields import get_field
from producer.ingest.errors import IngestError
from producer.ingest.escaping import shown_names
from producer.ingest.validation.feedback import digest

#: What may be named in place of a column: what was read of it.
ROLES = ("text", "time", "language", "product", "rating", "title")


def find_identity_columns(
    name: str, columns: Sequence[str], asked: Sequence[str]
) -> tuple[str, ...]:
    """The columns, or roles, that an identity is made of.

    Args:
        name: The input.
        columns: Its columns.
        asked: What `--id-from` says.

    Raises:
        IngestError: If one is neither a role nor a column.
    """
    found = []
    for one in asked:
        if one.casefold() in ROLES:
            found.append(one.casefold())
        elif (column := find_named(columns, one)) is not None:
            found.append(column)
        else:
            raise IngestError(
                f"{name} has no column {one!r} (--id-from); say some of {', '.join(ROLES)}, or of "
                f"its columns: {shown_names(columns)}"
            )
    return tuple(found)


def identity_of_content(
    names: Sequence[str], told: Mapping[str, Any], fields: dict[str, Any], *answer: str
) -> str:
    """32 hex digits that are the same where a source has the same content.

    Args:
        names: As `find_identity_columns` gives them.
        told: What was read, by role, with the source.
        fields: The row as it is.
        *answer: The question, where the row has several.
    """
    values = [told[name] if name in ROLES else get_field(fields, name) for name in names]
    said = ["" if value is None else str(value).strip() for value in values]
    return digest("content", told["source"], *said, *answer)
