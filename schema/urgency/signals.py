"""Signals of urgency in a text: where it says something that cannot wait."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from schema.urgency.phrases import any_of, is_negated
from schema.urgency.words import WordIndex

#: Stands for the signal of phrases that are not looked at.
_HARMLESS = -1


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
    """Finds the signals of one language; not safe for threads.

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
        self._phrases = [
            (place, phrase)
            for place, one in enumerate(signals)
            for phrase in one.phrases.get(language, ())
        ] + [(_HARMLESS, phrase) for phrase in harmless]
        self._index = WordIndex([phrase for _, phrase in self._phrases])
        self._negations = frozenset(negations)

    def find(
        self, texts: Sequence[str], words: Sequence[Sequence[bytes]]
    ) -> Iterator[tuple[int, list[Hit]]]:
        """The first place of each signal that neither a negation nor a harmless phrase denies, of
        each text that has any, with the place of the text.

        Args:
            texts: As the customers wrote them.
            words: `words_of` each.
        """
        for number, there in self._index.find(words).items():
            by_signal: dict[int, list[str]] = {}
            for one in sorted(there):
                place, phrase = self._phrases[one]
                by_signal.setdefault(place, []).append(phrase)
            hits = list(self._hits(texts[number], by_signal))
            if hits:
                yield number, hits

    def _hits(self, text: str, there: dict[int, list[str]]) -> Iterator[Hit]:
        """Those of a text.

        Args:
            text: As the customer wrote it.
            there: By signal the phrases that it may hold.
        """
        harmless = tuple(there.pop(_HARMLESS, ()))
        for place, phrases in sorted(there.items()):
            for found in any_of(tuple(phrases)).finditer(text):
                start, end = found.span()
                if not (
                    is_negated(text, start, self._negations)
                    or _is_within(text, start, end, harmless)
                ):
                    yield Hit(self._names[place], start, end)
                    break


def _is_within(text: str, start: int, end: int, phrases: tuple[str, ...]) -> bool:
    """Whether a place overlaps with one of some phrases."""
    spans = (found.span() for found in any_of(phrases).finditer(text)) if phrases else ()
    return any(first < end and start < last for first, last in spans)
