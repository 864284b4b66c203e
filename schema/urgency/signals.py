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
        self._phrases = [
            (one.name, [(parts_of(phrase), phrase) for phrase in one.phrases.get(language, ())])
            for one in signals
        ]
        self._negations = frozenset(negations)
        self._harmless = tuple(harmless)

    def find(self, text: str, plain: str) -> Iterator[Hit]:
        """The first place of each signal that neither a negation nor a harmless phrase denies.

        Args:
            text: As the customer wrote it.
            plain: The same, `folded`.
        """
        for name, phrases in self._phrases:
            there = tuple(phrase for parts, phrase in phrases if _holds(plain, parts))
            if not there:
                continue
            for found in any_of(there).finditer(text):
                start, end = found.span()
                if not (self._is_harmless(text, start, end) or self._is_negated(text, start)):
                    yield Hit(name, start, end)
                    break

    def _is_harmless(self, text: str, start: int, end: int) -> bool:
        harmless = (found.span() for found in any_of(self._harmless).finditer(text))
        return any(first < end and start < last for first, last in harmless)

    def _is_negated(self, text: str, start: int) -> bool:
        return is_negated(text, start, self._negations)


def _holds(plain: str, parts: Sequence[tuple[str, ...]]) -> bool:
    for part in parts:
        for one in part:
            if one in plain:
                break
        else:
            return False
    return True
