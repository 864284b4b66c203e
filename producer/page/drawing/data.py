"""Data inside of the page, for its script: JSON that no text can break out of."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from producer.page.numbers import count, day, short
from producer.page.page import Page
from producer.page.texts import Behind, Text

#: Within a script element these would end it, or begin a comment; as JSON they mean the same.
_ESCAPES = {character: f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
_TABLE = str.maketrans(_ESCAPES)


def script_data(value: Any) -> Markup:
    """A value as the content of `<script type="application/json">`."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.translate(_TABLE))


def texts_data(page: Page) -> dict[str, Any]:
    """The texts of a page, and which of them stand behind which figure."""
    there = {one.id for one in page.texts}
    themes = page.themes.facts
    shown = themes.shown if themes and page.texts else ()
    names = {one.name.id: short(one.name.name) for one in shown}
    return {
        "themes": names,
        "documents": [
            _text(one)
            | {"themes": [each for each in page.text_themes.get(one.id, ()) if each in names]}
            for one in sorted(page.texts, key=_newest_first)
        ],
        "figures": {key: _behind(one, there) for key, one in page.index.behind.items()},
    }


def _newest_first(one: Text) -> tuple[float, int]:
    """The order of all texts; those without a time come last."""
    return (0.0 if one.time is None else -one.time.timestamp(), -one.id)


def _text(one: Text) -> dict[str, Any]:
    name = one.external_id if one.external_id is not None else f"document {one.id}"
    return {
        "id": one.id,
        "name": name,
        "source": one.source,
        "time": day(one.time) if one.time else None,
        "language": one.language,
        "product": one.product,
        "stars": None if one.stars is None else round(one.stars, 1),
        "polarity": one.polarity,
        "text": one.text,
        "left_out": one.left_out,
    }


def _behind(one: Behind, there: set[int]) -> dict[str, Any]:
    ids = [each for each in one.ids if each in there]
    if len(ids) >= one.total:
        note = f"all {count(one.total)}" if one.total > 1 else "the one text"
    else:
        note = f"{len(ids)} of {count(one.total)}, the {one.how}"
    return {"title": one.title, "note": note, "ids": ids}
