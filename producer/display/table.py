"""Tables on the terminal: rows of SQL as a rich table that fits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from rich.table import Table
from rich.text import Text

from schema.control_characters import STEERING
from schema.reports import Value

#: Characters of a cell that a table shows; files get all.
CELL_LIMIT = 240

#: A customer's text could steer the terminal through these.
_CONTROL = re.compile(f"[{STEERING}]+")


def make_table(columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> Table:
    """A table whose numbers and dates keep their width, and whose texts wrap."""
    table = Table(header_style="bold", row_styles=["", "dim"])
    for place, column in enumerate(columns):
        values = [row[place] for row in rows if row[place] is not None]
        number = bool(values) and all(isinstance(value, int | float) for value in values)
        table.add_column(
            column.replace("_", " "),
            justify="right" if number else "left",
            no_wrap=not any(isinstance(value, str) and len(value) > 24 for value in values),
        )
    for row in rows:
        table.add_row(*map(_cell, row))
    return table


def plain_text(text: str, limit: int = CELL_LIMIT) -> Text:
    """Text that is shown as it is: no markup, nothing that steers the terminal, not too long."""
    clean = _CONTROL.sub(" ", text[: limit + 1])
    return Text(clean if len(clean) <= limit else clean[: limit - 1] + "…")


def _cell(value: Value) -> Text:
    if value is None:
        return Text("–", style="dim")
    if isinstance(value, datetime):
        return Text(value.strftime("%Y-%m-%d %H:%M"))
    return plain_text(str(value))
