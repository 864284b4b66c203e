"""The digest as HTML that mail programs show: tables, styles in the elements, nothing loaded."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from producer.digest import words
from producer.digest.digest import Digest
from producer.page import numbers

#: Colours of the page, light; a mail program makes dark ones of them by itself.
_MOODS = {"bad": "#b53f2b", "good": "#1c7768", "plain": "#1f559f"}


def write_html(digest: Digest, redacted: bool, page: str | None = None) -> str:
    """The whole mail.

    Args:
        digest: What it says.
        redacted: Whether names were taken out, which it says.
        page: Where the page is, so that each item leads there; None for commands alone.
    """
    return (
        _environment()
        .get_template("digest.html")
        .render(digest=digest, redacted=redacted, page=page, words=words, moods=_MOODS)
    )


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("producer.digest"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(day=numbers.day, short=numbers.short)
    return made
