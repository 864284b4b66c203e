"""Anchors of headings, as GitHub makes them, so that a link works there and in the site."""

from __future__ import annotations

import re


def slugify(heading: str, separator: str) -> str:
    """The anchor of a heading's text: lower case, without punctuation, each space a dash."""
    return re.sub(r"[^\w -]", "", heading.strip().lower()).replace(" ", separator)
