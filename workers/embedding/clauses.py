"""The clauses of a text: what says one thing, of a sentence that says two with a *but* between."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from workers.extraction.sentences import Span, whole_sentences
from workers.text.salutations import after_salutation

#: Words behind which something else is said, by the language of the text.
_CONJUNCTIONS = {
    "cs": "ale avšak nicméně přesto jenže",
    "da": "men dog imidlertid selvom",
    "de": "aber jedoch allerdings sondern trotzdem dennoch obwohl",
    "en": "but however although though yet nevertheless except~that",
    "es": "pero sin~embargo aunque sino no~obstante",
    "fr": "mais cependant toutefois pourtant néanmoins bien~que",
    "it": "ma però tuttavia anche~se",
    "nl": "maar echter hoewel toch",
    "no": "men imidlertid selv~om likevel",
    "pl": "ale jednak natomiast chociaż",
    "pt": "mas porém contudo no~entanto embora",
    "ro": "dar însă totuși deși",
    "sv": "men dock emellertid trots~att",
}
#: What a text in another language is cut at, or in one that nobody knows: these mean nothing else
#: in any of the others, as *men* does in English and *dar* in Spanish.
_ANYWHERE = (
    "but however although aber jedoch allerdings mais cependant toutefois pero sin~embargo aunque"
)
#: A clause of fewer words says too little alone, and joins the one before.
_LEAST_WORDS = 3
#: Space and marks around a clause that are none of it.
_AROUND = " \t\r\n\u00a0,;:-–—"
#: Letters of scripts that put no space between words (Chinese, Japanese): each counts as a word.
_UNSPACED = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff]")


def clauses(text: str, language: str | None = None) -> list[Span]:
    """Find the clauses of a text: its sentences, cut at *but* and its kin.

    The word that it is cut at belongs to neither side. The salutation of a letter is in none,
    unless nothing else is said.

    Args:
        text: Any text.
        language: Of the text, e.g. `de`; None where nobody knows it.

    Returns:
        (start, end) in characters, in order, none empty; no two overlap. None for a text in which
        nothing is said: without a letter or a digit.
    """
    sentences = whole_sentences(text)
    said = [(after_salutation(text, start, end), end) for start, end in sentences]
    return _clauses(text, said, language) or _clauses(text, sentences, language)


def _clauses(text: str, sentences: Sequence[Span], language: str | None) -> list[Span]:
    found: list[Span] = []
    cuts = _cuts(language)
    for sentence in sentences:
        for start, end in _pieces(text, sentence, cuts):
            if found and _words(text[start:end]) < _LEAST_WORDS:
                found[-1] = (found[-1][0], end)
            else:
                found.append((start, end))
    return found


def _pieces(text: str, sentence: Span, cuts: re.Pattern[str]) -> Iterator[Span]:
    """The parts of a sentence between its cuts, without what stands around them."""
    begin, stop = sentence
    borders = [match.span() for match in cuts.finditer(text, begin, stop)]
    starts = [begin, *(after for _, after in borders)]
    ends = [*(before for before, _ in borders), stop]
    for start, end in zip(starts, ends, strict=True):
        piece = text[start:end]
        start += len(piece) - len(piece.lstrip(_AROUND))
        end -= len(piece) - len(piece.rstrip(_AROUND))
        if any(map(str.isalnum, text[start:end])):
            yield start, end


def _words(text: str) -> int:
    return max(len(text.split()), len(_UNSPACED.findall(text)))


@cache
def _cuts(language: str | None) -> re.Pattern[str]:
    words = _CONJUNCTIONS.get(language or "", _ANYWHERE).split()
    either = "|".join(re.escape(word).replace("\\~", "~").replace("~", r"\s+") for word in words)
    return re.compile(rf"\s(?:{either}),?\s", re.IGNORECASE)
