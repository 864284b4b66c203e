"""Tables on the terminal: rows of SQL as a rich table that fits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.cells import cell_len
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
#: An interval behind its figure, as `join_intervals` writes it.
_INTERVAL = re.compile(r"^\S+ \(\S+ to \S+\)$")
#: Those of a text from which on it is written once, where it is the same in all rows.
_SHARED_FROM = 16

#: A column of texts, each in a line of its own.
QUOTES = "quotes"

#: A customer's text could steer the terminal through these.
_CONTROL = re.compile(f"[{STEERING}]+")


@dataclass(frozen=True, slots=True)
class FittingTable:
    """A table as a terminal has room for it.

    Attributes:
        tables: The first that fits is drawn, …
        cards: … or these, where the terminal is too narrow for any.
    """

    tables: Sequence[Table]
    cards: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Rich asks for this when it prints."""
        unbounded = options.update(max_width=10_000)
        for table in self.tables:
            if Measurement.get(console, unbounded, table).minimum <= options.max_width:
                yield table
                return
        yield self.cards


def make_table(
    columns: Sequence[str], rows: Sequence[Sequence[Value]], widths: Mapping[str, int] | None = None
) -> FittingTable:
    """A table whose numbers and dates keep their width, and whose texts wrap. A long text that all
    rows begin with, such as the one question that was asked, stands above it. Where that is too
    wide, headings and intervals take two lines; where that is, too, each row is a card.

    Args:
        columns: Names.
        rows: Values in their order.
        widths: Of columns that should not be narrower, in characters.
    """
    if QUOTES in columns:
        place = list(columns).index(QUOTES)
        rows = [[*row[:place], _in_one_line(row[place]), *row[place + 1 :]] for row in rows]
    tables = [_table(columns, rows, widths or {}, narrow) for narrow in (False, True)]
    return FittingTable(tables, _cards(columns, rows))


def _in_one_line(quotes: Value) -> Value:
    return quotes.replace("\n", " · ") if isinstance(quotes, str) else quotes


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


def _table(
    columns: Sequence[str],
    rows: Sequence[Sequence[Value]],
    widths: Mapping[str, int],
    narrow: bool,
) -> Table:
    table = Table(header_style="bold", row_styles=["", "dim"], title_justify="left")
    kept = range(len(columns))
    if _is_shared([row[0] for row in rows]):
        table.title = Text(f"{_heading(columns[0])}: ") + plain_text(str(rows[0][0]))
        kept = kept[1:]
    for place in kept:
        heading, column = _heading(columns[place]), [row[place] for row in rows]
        cells = [_in_two_lines(_cell(value)) if narrow else _cell(value) for value in column]
        values = [value for value in column if value is not None]
        number = bool(values) and all(isinstance(value, int | float) for value in values)
        widest = max((_width(cell.plain) for cell in cells), default=0)
        wraps = widest > _WRAPS_FROM
        if narrow:
            heading = heading.replace(" ", "\n")
        table.add_column(
            heading,
            justify="right" if number else "left",
            no_wrap=not wraps,
            # Else the widest column of several leaves nothing to the others.
            min_width=max(
                _NARROWEST if wraps else max(widest, _width(heading)),
                widths.get(columns[place], 0),
            ),
        )
    for row in rows:
        cells = [_cell(row[place]) for place in kept]
        table.add_row(*map(_in_two_lines, cells) if narrow else cells)
    return table


def _width(text: str) -> int:
    return max(map(cell_len, text.split("\n")))


def _in_two_lines(cell: Text) -> Text:
    """An interval below its figure."""
    if not _INTERVAL.search(cell.plain):
        return cell
    figure, _, interval = cell.plain.partition(" (")
    return Text(f"{figure}\n({interval}")


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
