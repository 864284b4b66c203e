"""What to do about a rejected row, and in which column it is wrong, told from the reason."""

from __future__ import annotations

import re

#: What to do, by what a reason says; the first that fits. Reasons that say it themselves have it
#: behind their last semicolon.
_FIXES = tuple(
    (re.compile(pattern), fix)
    for pattern, fix in (
        (r"broken encoding", "name the right encoding with --encoding, e.g. cp1252"),
        (r"no text in", "fill the text in, or leave the row out"),
        (r"holds no text but", "name the column of the text with --text"),
        (r"TRIAGE_TEXT_LIMIT", "shorten the text, or raise TRIAGE_TEXT_LIMIT"),
        (r"NUL", "take the NUL characters out"),
        (r"surrogate", "write the character whole"),
        (r"fields, the header has", "put fields with the delimiter inside into quotation marks"),
        (r"quotation mark|opens a field", "close the quotation mark, or double it"),
        (r"JSON", "write one JSON object a line"),
        (r"nested", "nest the fields less deep"),
    )
)
_COLUMN = re.compile(r"column '([^']+)'")
#: Where nothing else is known.
MEND = "mend the row, and run the same command again"


#: How the reason of a row without a text begins.
_NO_TEXT = re.compile(r"no text in|empty\b")


def has_no_text(reason: str) -> bool:
    """Whether a row is rejected only because its text says nothing, which is no fault of a file."""
    return _NO_TEXT.match(reason) is not None


def column_of(reason: str) -> str | None:
    """The column that a reason names, if it names one."""
    found = _COLUMN.search(reason)
    return found[1] if found else None


def fix_of(reason: str) -> str:
    """What to do."""
    if "; " in reason:
        return reason.rpartition("; ")[2]
    return next((fix for pattern, fix in _FIXES if pattern.search(reason)), MEND)
