"""Identity by content: feedback without an id is known by what some of its columns say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from producer.ingest.errors import IngestError
from producer.ingest.escaping import shown_names
from producer.ingest.validation.feedback import digest

#: What may be named in place of a column: what was read of it.
ROLES = ("text", "time", "language", "product")


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
        alike = [column for column in columns if column.casefold() == one.casefold()]
        if one.casefold() in ROLES:
            found.append(one.casefold())
        elif one in columns or len(alike) == 1:
            found.append(one if one in columns else alike[0])
        else:
            raise IngestError(
                f"{name} has no column {one!r} (--id-from); say some of {', '.join(ROLES)}, or of "
                f"its columns: {shown_names(columns)}"
            )
    return tuple(found)


def identity_of_content(
    source: str, names: Sequence[str], roles: Mapping[str, Any], fields: Mapping[str, Any]
) -> str:
    """32 hex digits that are the same where a source has the same content.

    Args:
        source: The source.
        names: As `find_identity_columns` gives them.
        roles: What was read, by role.
        fields: The row as it is.
    """
    values = [roles[name] if name in ROLES else fields.get(name) for name in names]
    said = ["" if value is None else str(value).strip() for value in values]
    return digest("content", source, *said)
