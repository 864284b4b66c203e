"""What kind of value a cell of a CSV holds, as far as its form tells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

#: Part of a column's cells that are of its type.
_TYPED = 0.8

_FORMS = {
    "number": re.compile(r"[+-]?(?:\d+(?:[.,]\d+)*|[.,]\d+)(?:[eE][+-]?\d+)?%?"),
    "time": re.compile(
        r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}(?:[T ,].{0,40})?"
        r"|\d{1,2}:\d\d(?::\d\d)?(?: ?[AaPp]\.?[Mm])?"
    ),
    "email": re.compile(r"[^@\s,;]+@[^@\s,;]+\.[A-Za-z]{2,}"),
    "url": re.compile(r"https?://\S+"),
}
#: Left behind by pandas and databases where there is no value.
_NOTHING = frozenset({"nan", "NaN", "NaT", "null", "NULL", "N/A", "#N/A", "<NA>", "None", "-"})
#: An id: no word, since it has a digit in it, and no words, since it has no spaces.
_CODE = re.compile(r"(?=\S*\d)[\w#.:-]{1,40}")


def cell_type(cell: str) -> str | None:
    """`number`, `time`, `email` or `url`; None for anything else, such as words."""
    cell = cell.strip()
    if not cell or len(cell) > 200:
        return None
    return next((name for name, form in _FORMS.items() if form.fullmatch(cell)), None)


def column_types(rows: Sequence[Sequence[str]], width: int) -> list[str | None]:
    """The type of each column of some rows, `code` for ids such as `R_1a` too; None where it is of
    words, or of many types."""
    return [_type_of([row[index] for row in rows if index < len(row)]) for index in range(width)]


def _type_of(cells: Sequence[str]) -> str | None:
    counts = Counter(_type_or_code(cell) for cell in cells if cell.strip())
    if not counts:
        return None
    if counts["code"]:
        counts["code"] += counts.pop("number", 0)
    kind, count = counts.most_common(1)[0]
    # One value in a column that is blank but for it says nothing of the next.
    known = count >= min(2, len(cells))
    return kind if known and count >= _TYPED * counts.total() else None


def _type_or_code(cell: str) -> str | None:
    return cell_type(cell) or ("code" if _CODE.fullmatch(cell.strip()) else None)


def agrees(cells: Sequence[str], types: Sequence[str | None]) -> bool:
    """Whether the cells are of their columns' types, or blank; of some columns, the first ones."""
    return all(
        kind is None
        or not cell.strip()
        or (found := _type_or_code(cell)) == kind
        or (kind == "code" and found == "number")
        for cell, kind in zip(cells, types, strict=False)
    )


def may_agree(cells: Sequence[str], types: Sequence[str | None]) -> bool:
    """Whether cells could be meant for columns of these types: a time may be written in any one
    word, seconds since 1970 and `yesterday` among them, and a number may be a time or not there.
    """
    return all(
        (kind == "time" and len(cell.split()) < 2)
        or (kind == "number" and (cell_type(cell) == "time" or cell.strip() in _NOTHING))
        or agrees([cell], [kind])
        for cell, kind in zip(cells, types, strict=False)
    )
