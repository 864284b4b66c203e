"""What the reason of a rejected row means: its kind, its column, and what to do about it."""

from __future__ import annotations

import re

#: How the reason of a row begins whose text says nothing.
EMPTY = "empty"
#: What to do about such a row; behind its reason there may be a piece of the text.
_FILL_IN = "fill the text in, or leave the row out"
#: What to do about others, by what their reason says; the first that fits. Reasons that say it
#: themselves have it behind their last semicolon.
_FIXES = tuple(
    (re.compile(pattern), fix)
    for pattern, fix in (
        # Where `--encoding` may help, the reason says so itself.
        (r"broken encoding", "store the text as UTF-8 where it comes from"),
        (r"holds no text but", "name the column of the text with --text"),
        (r"TRIAGE_TEXT_LIMIT", "shorten the text, or raise TRIAGE_TEXT_LIMIT"),
        (r"NUL", "take the NUL characters out"),
        (r"surrogate", "write the character whole"),
        (r"JSON", "write the row as one JSON object"),
        (r"nested", "nest the fields less deep"),
    )
)
_COLUMN = re.compile(r"column '([^']+)'")
_QUOTED = re.compile(r"'[^']*'")
#: Where nothing else is known.
MEND = "mend the row, and run the same command again"
#: Characters of a kind of reasons.
_MOST_KIND = 100


def has_no_text(reason: str) -> bool:
    """Whether a row is rejected only because its text says nothing, which is no fault of a file."""
    return reason.startswith(EMPTY)


def kind_of(reason: str) -> str:
    """A reason without what only this row has: `empty`, `N fields, the header has N`."""
    if has_no_text(reason):
        return EMPTY
    return re.sub(r"\d+", "N", _QUOTED.sub("…", reason))[:_MOST_KIND]


def column_of(reason: str) -> str | None:
    """The column that a reason names, if it names one."""
    found = _COLUMN.search(reason)
    return found[1] if found else None


def fix_of(reason: str) -> str:
    """What to do; never a piece of the customer's text."""
    if has_no_text(reason):
        return _FILL_IN
    if "; " in reason:
        return reason.rpartition("; ")[2]
    # A column may be called NULL, or JSON.
    said = _QUOTED.sub("…", reason)
    return next((fix for pattern, fix in _FIXES if pattern.search(said)), MEND)
