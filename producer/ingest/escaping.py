"""Names from inside an input, such as those of its columns, as they may be shown to a user."""

from __future__ import annotations

from collections.abc import Sequence

#: Characters of a name, and names of a list, that are shown.
MOST_CHARACTERS = 60
MOST_NAMES = 20


def escaped(name: str) -> str:
    """A name on one line, with what a terminal would act on, or cannot write, escaped."""
    return name if name.isprintable() else repr(name)[1:-1]


def shown(name: str) -> str:
    """The same, and no longer than a line can hold."""
    written = escaped(name[: MOST_CHARACTERS + 1])
    return written if len(written) <= MOST_CHARACTERS else f"{written[:MOST_CHARACTERS]}…"


def shown_names(names: Sequence[str]) -> str:
    """Names separated by commas; of very many the first."""
    written = ", ".join(map(shown, names[:MOST_NAMES]))
    more = len(names) - MOST_NAMES
    return written if more <= 0 else f"{written} and {more} more"
