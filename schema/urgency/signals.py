"""Signals of urgency in a text: where it says something that cannot wait."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from schema.urgency.phrases import any_of, is_negated


@dataclass(frozen=True, slots=True)
class Hit:
    """A signal at a place of a text: `text[start:end]`."""

    signal: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal.

    Attributes:
        says: What it means, in words.
        weight: What it adds to the urgency of a document.
        alone: Whether it lists a document by itself.
        phrases: By language.
    """

    name: str
    says: str
    weight: float
    alone: bool
    phrases: Mapping[str, Sequence[str]]


class LanguageSignals:
    """Finds the signals of one language.

    Args:
        signals: All of them.
        language: Whose phrases are looked for.
        negations: Words behind which a phrase does not count.
        harmless: Phrases that are not looked at.
    """

    def __init__(
        self,
        signals: Sequence[Signal],
        language: str,
        negations: Sequence[str],
        harmless: Sequence[str],
    ) -> None:
        self._patterns = [(one.name, any_of(one.phrases.get(language, ()))) for one in signals]
        # Most texts have no signal: one look for all is enough to know.
        every = [phrase for one in signals for phrase in one.phrases.get(language, ())]
        self._any = any_of(every)
        self._negations = frozenset(negations)
        self._harmless: re.Pattern[str] = any_of(harmless)

    def find(self, text: str) -> Iterator[Hit]:
        """The first place of each signal that neither a negation nor a harmless phrase denies."""
        if not self._any.search(text):
            return
        harmless = [found.span() for found in self._harmless.finditer(text)]
        for name, pattern in self._patterns:
            for found in pattern.finditer(text):
                start, end = found.span()
                inside = any(first < end and start < last for first, last in harmless)
                if not inside and not is_negated(text, start, self._negations):
                    yield Hit(name, start, end)
                    break
