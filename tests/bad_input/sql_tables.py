"""SQLite tables, whose columns hold any type, as `sql:` inputs."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.bad_input.example import TEXT_LIMIT, Good, Known
from tests.bad_input.texts import CELLS, GOOD_TEXTS

#: A value, how it is written in SQL, and what is stored for it.
Cell = tuple[Any, str, Any]

REJECTED = object()

_CELLS: st.SearchStrategy[Cell] = st.one_of(
    CELLS.map(lambda text: (text, "?", text)),
    st.integers(-(2**63), 2**63 - 1).map(lambda number: (number, "?", number)),
    st.sampled_from(
        [
            (None, "?", None),
            (0.5, "?", 0.5),
            (float("inf"), "?", None),
            (float("nan"), "?", None),
            (b"\0\xff", "?", "00ff"),
            (b"a\xff", "CAST(? AS TEXT)", REJECTED),
            (b"a\0b", "CAST(? AS TEXT)", REJECTED),
            (b"", "?", ""),
        ]
    ),
)
_TEXTS: st.SearchStrategy[Cell] = st.one_of(
    GOOD_TEXTS.map(lambda text: (text, "?", text)),
    GOOD_TEXTS.map(lambda text: (text.encode(), "?", text)),
    st.sampled_from(
        [
            (None, "?", REJECTED),
            (5, "?", REJECTED),
            (0.5, "?", REJECTED),
            (b"a\xff", "?", REJECTED),
            (b"a\xff", "CAST(? AS TEXT)", REJECTED),
            ("a\0b", "?", REJECTED),
            ("x" * (TEXT_LIMIT + 1), "?", REJECTED),
        ]
    ),
)


@dataclass(frozen=True)
class Table:
    """Rows of text and two other columns, all of one name in the SELECT if asked for."""

    rows: tuple[tuple[Cell, Cell, Cell], ...]
    names: tuple[str, str]

    def argument(self, path: Path) -> str:
        """Write the database; what `triage ingest` is to read."""
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE feedback (id, text, a, b)")
            for number, row in enumerate(self.rows):
                places = ", ".join(cell[1] for cell in row)
                values = [f"k{number}", *(cell[0] for cell in row)]
                connection.execute(f"INSERT INTO feedback VALUES (?, {places})", values)
        connection.close()
        first, second = self.names
        select = f'SELECT id, text, a AS "{first}", b AS "{second}" FROM feedback ORDER BY rowid'
        return f"sql:sqlite:///{path} {select}"

    @property
    def known(self) -> Known:
        """What becomes of them."""
        good = []
        second = f"{self.names[1]} 4" if self.names[0] == self.names[1] else self.names[1]
        for number, row in enumerate(self.rows):
            text, *others = (cell[2] for cell in row)
            if REJECTED not in (text, *others):
                metadata = {self.names[0]: others[0], second: others[1]}
                good.append(Good(f"k{number}", text, metadata))
        return Known(tuple(good), 0, len(self.rows) - len(good))


@st.composite
def sql_tables(draw: st.DrawFn) -> Table:
    """Tables of 1 to 8 rows."""
    rows = draw(st.lists(st.tuples(_TEXTS, _CELLS, _CELLS), min_size=1, max_size=8))
    names = draw(st.sampled_from([("a", "b"), ("x", "x"), (":x", "%s"), ("=1+1", "\x1b[31m")]))
    return Table(tuple(rows), names)
