"""Which column holds what: by option, else by the names that exports usually give."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from producer.ingest.errors import IngestError
from producer.ingest.escaping import MOST_NAMES, shown, shown_names
from producer.ingest.readers.row_stream import check_number

#: Usual names, the surest first, as `_words` writes them.
USUAL_NAMES: dict[str, tuple[str, ...]] = {
    "text": (
        *("text", "review text", "feedback text", "comment text", "message text"),
        *("review", "feedback", "comment", "comments", "message", "body", "content"),
        *("review body", "review content", "message body", "complaint", "narrative", "verbatim"),
        *("description", "response", "tweet", "note", "notes"),
    ),
    "id": (
        *("id", "document id", "external id", "feedback id", "review id", "comment id"),
        *("message id", "response id", "complaint id", "uuid"),
    ),
    "time": (
        *("time", "created at", "created", "timestamp", "date", "datetime", "date time"),
        *("created time", "created date", "creation date", "review date", "review time"),
        *("submitted at", "posted at", "published at", "sent at", "received at"),
        *("date created", "date received", "unix review time", "at"),
    ),
    "language": ("language", "lang", "language code", "locale"),
    "product": ("product", "product name", "product title", "item", "item name", "app", "app name"),
    "source": ("source",),
}

#: A text column may also be called something like `Translated_Review`.
_TEXT_ENDINGS = ("text", "review", "feedback", "comment", "comments", "message", "body")

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W_A-Z]+")


@dataclass(frozen=True)
class ColumnChoice:
    """Columns as the user names them. None: find it. Empty: there is none."""

    text: str | None = None
    id: str | None = None
    time: str | None = None
    language: str | None = None
    product: str | None = None


@dataclass(frozen=True)
class Columns:
    """Columns of one input; None where it has none. All others are metadata."""

    text: str
    id: str | None
    time: str | None
    language: str | None
    product: str | None
    source: str | None

    def taken(self) -> frozenset[str]:
        """The columns that are no metadata."""
        roles = (self.text, self.id, self.time, self.language, self.product, self.source)
        return frozenset(column for column in roles if column is not None)

    def describe(self) -> str:
        """E.g. `text=review, id=id, time=created_at`."""
        return ", ".join(
            f"{role}={shown(column)}" for role, column in vars(self).items() if column is not None
        )


def find_columns(
    name: str, columns: Sequence[str], choice: ColumnChoice, *, with_source: bool
) -> Columns:
    """Decide what each column of an input holds.

    Args:
        name: The input.
        columns: Its columns.
        choice: What the user says.
        with_source: Whether a column may name each row's source.

    Raises:
        IngestError: If a column that the user names is not there, no text column is found, or there
            are too many; the message names the columns there are.
    """
    check_number(name, len(columns))
    free = list(columns)
    found: dict[str, str | None] = {}
    for role, asked in vars(choice).items():
        if asked:
            found[role] = _named(name, columns, role, asked)
            if found[role] in free:
                free.remove(found[role])  # type: ignore[arg-type]
        elif asked == "":
            found[role] = None
    if not with_source:
        found["source"] = None
    for role, usual in USUAL_NAMES.items():
        if role not in found:
            found[role] = _first_of(usual, free)
    text = found.pop("text") or _by_ending(name, free)
    if text is None:
        raise IngestError(
            f"{name}: no column looks like the text; name it with --text, "
            f"one of: {shown_names(columns)}"
            if columns
            else f"{name} has no columns"
        )
    return Columns(text=text, **found)


def _words(name: str) -> str:
    """`reviewText`, `Review_Text` and `REVIEW TEXT` are all `review text`."""
    return " ".join(_WORD.findall(name)).casefold()


def _named(name: str, columns: Sequence[str], role: str, asked: str) -> str:
    if asked in columns:
        return asked
    alike = [column for column in columns if column.casefold() == asked.casefold()]
    if len(alike) == 1:
        return alike[0]
    raise IngestError(
        f"{name} has no column {asked!r} (--{role}); its columns are: {shown_names(columns)}"
    )


def _first_of(usual: Sequence[str], columns: Sequence[str]) -> str | None:
    by_words = {_words(column): column for column in reversed(columns)}
    return next((by_words[words] for words in usual if words in by_words), None)


def _by_ending(name: str, columns: Sequence[str]) -> str | None:
    alike = [column for column in columns if _words(column).endswith(_TEXT_ENDINGS)]
    if len(alike) > 1:
        candidates = " or ".join(map(shown, alike[:MOST_NAMES]))
        raise IngestError(f"{name}: which column is the text? Give --text {candidates}")
    return alike[0] if alike else None
