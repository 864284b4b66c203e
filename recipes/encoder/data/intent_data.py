"""All texts for the head of intent: of public sets, of letters, and of templates."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

from recipes.encoder.data.files import held_out
from recipes.encoder.data.intent import CLASSES, IntentText
from recipes.encoder.data.intent_phrases import IntentPhrases
from recipes.encoder.data.intent_sources import SOURCES, IntentSource

#: Texts of templates in an epoch.
MADE = 6000


class IntentData:
    """All sets, without the parts that are held out to measure with.

    Args:
        data: The folder of data.
    """

    def __init__(self, data: Path) -> None:
        self._phrases = IntentPhrases()
        # Rows by the class that they are of, in the last place those of none.
        self._training: dict[str, list[list[IntentText]]] = {}
        for source in SOURCES:
            parts: list[list[IntentText]] = [[] for _ in range(len(CLASSES) + 1)]
            for row in source.read(data):
                if row.text and not held_out(row.text):
                    for part in _parts(row):
                        parts[part].append(row)
            self._training[source.name] = parts

    def epoch(self, rng: random.Random) -> list[IntentText]:
        """The texts of one epoch, drawn anew from every set."""
        drawn = [self._phrases.draw(rng) for _ in range(MADE)]
        for source in SOURCES:
            for rows, count in zip(self._training[source.name], source.draw, strict=True):
                drawn += rng.sample(rows, min(count, len(rows)))
        rng.shuffle(drawn)
        return drawn


@cache
def measured(source: IntentSource, data: Path) -> tuple[IntentText, ...]:
    """The texts of a set that are held out; kept, since a training measures often."""
    return tuple(row for row in source.read(data) if row.text and held_out(row.text))


def _parts(row: IntentText) -> list[int]:
    found = [number for number, label in enumerate(row.labels) if label == 1]
    return found or [len(CLASSES)]
