"""A page without a word of customers, for those who may see figures only."""

from __future__ import annotations

from dataclasses import replace

from producer.page.page import Page
from producer.page.part import Part
from producer.page.texts import TextIndex

#: What stands in place of what customers wrote.
HIDDEN = "These are words of customers, and you see figures only; an administrator can change that."


def without_texts(page: Page) -> Page:
    """The page without texts, quotes, answers, names, requests and urgent letters. Names of themes
    stay: they are made of words that many have in common, and figures mean nothing without them.
    """
    themes = page.themes
    if themes.facts is not None:
        shown = [
            replace(one, quotes={side: [] for side in one.quotes}) for one in themes.facts.shown
        ]
        themes = Part(replace(themes.facts, shown=shown))
    return replace(
        page,
        themes=themes,
        asks=Part(None, HIDDEN),
        answers=Part(None, HIDDEN),
        entities=Part(None, HIDDEN),
        urgent=Part(None, HIDDEN),
        index=TextIndex(),
        texts=(),
    )
