"""The digest as plain text for a mail: no line is wider than `WIDTH`."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from producer.digest import words
from producer.digest.digest import Digest
from producer.digest.item import Item, Quote
from producer.page import numbers
from schema.control_characters import escape_controls

#: Columns of a terminal's cells: what mail programs show without breaking lines.
WIDTH = 76
#: Stands for a space at which no line is broken.
_TOGETHER = "\ue000"
_CONSOLE = Console(width=WIDTH, force_terminal=False, color_system=None)


def write_text(digest: Digest, redacted: bool) -> str:
    """The whole mail, without a subject."""
    lines = [*_wrapped(words.title(digest)), "=" * min(WIDTH, len(words.title(digest)))]
    lines += _wrapped(words.summary(digest))
    if words.no_change(digest):
        lines += ["", *_wrapped(words.no_change(digest))]
    for place, item in enumerate(digest.items, start=1):
        lines += ["", *_item(place, item)]
    if words.urgent(digest):
        lines += ["", *_wrapped(f"Urgent: {words.urgent(digest)}")]
        lines += _command(f"triage urgent --since {digest.first}")
    if digest.headline.counts.documents:
        lines += ["", "-" * WIDTH]
        for note in (*words.notes(digest), *((words.REDACTED,) if redacted else ())):
            lines += _wrapped(note)
    return "\n".join(lines) + "\n"


def _item(place: int, item: Item) -> Iterator[str]:
    yield from _wrapped(f"{place}. {item.label}: {item.said}")
    yield from _wrapped(f"{item.figure}; {item.why}.", "   ")
    for quote in item.quotes:
        yield from _wrapped(f"“{quote.text}”{_of(quote)}", "   > ", "     ")
    yield from _command(item.command)


def _of(quote: Quote) -> str:
    name = quote.external_id or f"document {quote.document_id}"
    return f" ({name}, {numbers.day(quote.time)})" if quote.time else f" ({name})"


def _command(command: str) -> Iterator[str]:
    yield from _wrapped(f"Texts: {command}", "   ", "     ")


def _wrapped(text: str, first: str = "", later: str | None = None) -> list[str]:
    """Lines no wider than a mail, in cells: a sign of Chinese takes two."""
    indent = first if later is None else later
    together = escape_controls(" ".join(text.split()), keep="").replace(" %", f"{_TOGETHER}%")
    said = Text(together)
    found = said.wrap(_CONSOLE, WIDTH - max(len(first), len(indent)))
    lines = [line.plain.rstrip().replace(_TOGETHER, " ") for line in found]
    return [f"{first if not place else indent}{line}" for place, line in enumerate(lines)]
