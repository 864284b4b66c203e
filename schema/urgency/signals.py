"""Signals of urgency in a text: where it says something that cannot wait."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from schema.urgency.phrases import any_of, is_negated, parts_of


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
        self._names = [one.name for one in signals]
        phrases = [
            (place, phrase)
            for place, one in enumerate(signals)
            for phrase in one.phrases.get(language, ())
        ]
        # By what a text must hold for a phrase to be in it, of which one of it is looked for first.
        self._by_part: dict[str, list[tuple[int, Sequence[tuple[str, ...]], str]]] = {}
        for place, phrase in phrases:
            first, *others = parts_of(phrase)
            for part in first:
                self._by_part.setdefault(part, []).append((place, others, phrase))
        self._negations = frozenset(negations)
        self._harmless = [(parts_of(phrase), phrase) for phrase in harmless]

    def find(self, text: str, plain: str) -> Iterator[Hit]:
        """The first place of each signal that neither a negation nor a harmless phrase denies.

        Args:
            text: As the customer wrote it.
            plain: The same, `folded`.
        """
        there: dict[int, dict[str, None]] = {}
        for part in [part for part in self._by_part if part in plain]:
            for place, others, phrase in self._by_part[part]:
                if _has_parts(plain, others):
                    there.setdefault(place, {})[phrase] = None
        for place in sorted(there):
            for found in any_of(tuple(there[place])).finditer(text):
                start, end = found.span()
                negated = is_negated(text, start, self._negations)
                if not (negated or self._is_harmless(text, plain, start, end)):
                    yield Hit(self._names[place], start, end)
                    break

    def _is_harmless(self, text: str, plain: str, start: int, end: int) -> bool:
        there = tuple(phrase for parts, phrase in self._harmless if _has_parts(plain, parts))
        spans = (found.span() for found in any_of(there).finditer(text)) if there else ()
        return any(first < end and start < last for first, last in spans)


def _has_parts(plain: str, parts: Sequence[tuple[str, ...]]) -> bool:
    """Whether a text has one of each tuple."""
    return all(any(one in plain for one in part) for part in parts)
