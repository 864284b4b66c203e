"""What the metadata of a document have under a key, in SQL."""

from __future__ import annotations

import json
from typing import Any

from schema.reports.errors import ReportError


def metadata_key(key: str, dialect: str, name: str = "by_path") -> tuple[str, dict[str, Any]]:
    """The value as text, of a row of `v_documents` that is called `d`: what is under a key of this
    name, else under one that dots lead to; null where there is neither, or nothing in it.

    Args:
        key: As `--by metadata.KEY` has it, without `metadata.`.
        dialect: `sqlite` or `postgresql`.
        name: What the names of its parameters begin with.

    Returns:
        The expression, and its parameters.

    Raises:
        ReportError: If SQLite could not tell the key from a path.
    """
    parameters: dict[str, Any] = {}
    found = []
    for number, path in enumerate(([key], key.split(".")) if "." in key else ([key],)):
        parameter = f"{name}_{number}"
        if dialect == "postgresql":
            parameters[parameter] = path
            found.append(f"d.metadata #>> CAST(:{parameter} AS text[])")
            continue
        if '"' in key:
            raise ReportError("--by cannot have a quotation mark in a key on SQLite")
        parameters[parameter] = "$" + "".join(
            f".{json.dumps(part, ensure_ascii=False)}" for part in path
        )
        found.append(
            f"CASE json_type(d.metadata, :{parameter}) WHEN 'true' THEN 'true' "
            f"WHEN 'false' THEN 'false' "
            f"ELSE CAST(json_extract(d.metadata, :{parameter}) AS TEXT) END"
        )
    return f"NULLIF(COALESCE({', '.join(found)}, ''), '')", parameters
