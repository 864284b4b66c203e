"""Tables on the terminal: rows of SQL as a rich table that fits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from schema.control_characters import STEERING
from schema.reports import Value

#: Characters of a cell that a table shows; files get all.
CELL_LIMIT = 240

#: Characters from which on a text is wrapped, and a column of texts has at least.
_WRAPS_FROM, _NARROWEST = 24, 14
#: Those of a text from which on it is written once, where it is the same in all rows.
_SHARED_FROM = 16

#: A customer's text could steer the terminal through these.
_CONTROL = re.compile(f"[{STEERING}]+")


@dataclass(frozen=True, slots=True)
class FittingTable:
    """A table, or where the terminal is too narrow for its columns, a card for each row."""

    table: Table
    cards: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Rich asks for this when it prints."""
        unbounded = options.update(max_width=10_000)
        fits = Measurement.get(console, unbounded, self.table).minimum <= options.max_width
        yield self.table if fits else self.cards


def make_table(columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> FittingTable:
    """A table whose numbers and dates keep their width, and whose texts wrap. A long text that all
    rows begin with, such as the one question that was asked, stands above it.
    """
    return FittingTable(_table(columns, rows), _cards(columns, rows))


def _cards(columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> Group:
    """Each row by itself, a line a column; what is not there is left out."""
    cards: list[RenderableType] = []
    for row in rows:
        lines = Table.grid(padding=(0, 2))
        lines.add_column(style="dim", no_wrap=True)
        lines.add_column()
        for column, value in zip(columns, row, strict=True):
            if value is not None:
                lines.add_row(_heading(column), _cell(value))
        cards.append(Padding(lines, (0, 0, 1, 0)))
    return Group(*cards)


def _table(columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> Table:
    table = Table(header_style="bold", row_styles=["", "dim"], title_justify="left")
    kept = range(len(columns))
    if _is_shared([row[0] for row in rows]):
        table.title = Text(f"{_heading(columns[0])}: ") + plain_text(str(rows[0][0]))
        kept = kept[1:]
    for place in kept:
        values = [row[place] for row in rows if row[place] is not None]
        number = bool(values) and all(isinstance(value, int | float) for value in values)
        longest = max((len(value) for value in values if isinstance(value, str)), default=0)
        table.add_column(
            _heading(columns[place]),
            justify="right" if number else "left",
            no_wrap=longest <= _WRAPS_FROM,
            # Else the widest column of several leaves nothing to the others.
            min_width=min(longest, _NARROWEST),
        )
    for row in rows:
        table.add_row(*(_cell(row[place]) for place in kept))
    return table


def _heading(column: str) -> str:
    return column.replace("_", " ")


def _is_shared(values: Sequence[Value]) -> bool:
    first = values[0] if len(values) > 1 else None
    if not isinstance(first, str) or len(first) <= _SHARED_FROM:
        return False
    return all(value == first for value in values)


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
