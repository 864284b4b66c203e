"""Rows as they are read, before anybody has looked into them, and rows that are turned away."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from producer.ingest.readers.json_values import plain
from producer.ingest.readers.reasons import column_of, fix_of
from schema.control_characters import json_text


@dataclass(slots=True)
class Row:
    """One row of an input.

    Attributes:
        line: Physical line that it begins at, from 1; the row's number where there are no lines.
        fields: Values by column.
        characters: About so many were read for it; 0 where nobody has counted.
    """

    line: int
    fields: dict[str, Any]
    characters: int = 0


@dataclass(slots=True)
class Reject:
    """A row that does not go in.

    Attributes:
        file: The input, as the user named it.
        line: As in `Row`.
        reason: What is wrong and, where that helps, what to do.
        row: What could be read of it: values by column, a list of fields, or the raw line.
        characters: As in `Row`.
        column: The column that the reason is about; None to tell it from the reason.
        fix: What to do about it; empty to tell it from the reason.
    """

    file: str
    line: int
    reason: str
    row: Any
    characters: int = 0
    column: str | None = None
    fix: str = ""

    def as_json(self) -> str:
        """One line of JSON. Broken bytes come out as `\\udcXX`, so that none is lost."""
        content: dict[str, Any] = {
            "file": self.file,
            "line": self.line,
            "reason": self.reason,
            "row": self.row,
            # Behind the row: see `producer.ingest.storage.rejects_file`.
            "column": self.column or column_of(self.reason),
            "fix": self.fix or fix_of(self.reason),
        }
        return json_line(content)


def json_line(content: dict[str, Any]) -> str:
    """One line of JSON of what has a row in it, whatever that holds."""
    try:
        line = json_text(content, default=plain)
    except RecursionError:
        # Only a JSON column of another database can bring this in.
        return json.dumps(content | {"row": "nested too deep to be written"})
    try:
        line.encode()
    except UnicodeEncodeError:
        return json.dumps(content, default=plain)
    return line
