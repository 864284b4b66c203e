"""Words and phrases of a text that can name a theme."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import pairwise

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
#: Words of a phrase, at the most.
LONGEST = 3

#: What stands before a word with an apostrophe in French and Italian: l'eau, dell'acqua.
_ELIDED = re.compile(r"\b(?:[lcdjmnst]|qu|all|dall|dell|nell|sull|un)['’](?=[^\W\d_]{2})")
#: Words that say nothing about what feedback is about, of English; those of other languages are in
#: `producer.themes.function_words`.
_EMPTY = """
a about above across actually after again against ago all almost along already also although
always am an and another any anybody anyone anything anyway are arent around as ask at away back
bad be because become been before being below best better between both but by came can cannot cant
come could couldnt definitely did didnt different do does doesnt doing done dont down during each
either else enough especially etc even ever every everyone everything feel felt few find for found
from further gave get gets getting give given go goes going gone good got great had hadnt has
hasnt have havent having he hello help her here hers hi him his how however i id if ill im in
instead into is isnt it its itself ive just keep kept kind know last least less let lets like
likely little look looking looks lot lots love loved made make makes making many may maybe me mean
might mine more most much must my myself near need needed needs neither never nice no nobody none
nor not nothing now of off often oh ok okay on once one ones only onto or other others otherwise
our ours out over overall own part people perfect perhaps please possible pretty put quite rather
really right said same saw say says see seem seemed seems seen several shall she should shouldnt
show since so some somebody someone something sometimes somewhere soon still such sure take taken
takes tell than thank thanks that thats the their theirs them then there theres these they theyre
theyve thing things think this those though thought through thus to today together told too took
toward tried try trying until up upon us use used using usually very via want wanted wants was
wasnt way we well went were werent what whatever whats when where whether which while who whole
whom whose why will wish with within without wonder wont would wouldnt yes yet you your youre
yours yourself
"""
EMPTY_WORDS = frozenset(_EMPTY.split())
#: With which no name begins.
_LEADING = frozenset(
    ("a", "an", "and", "as", "at", "but", "by", "for", "in", "is", "of", "or", "the", "to")
)


def words(text: str) -> list[str]:
    """The words of a text in lower case, without apostrophes, what was cut off before one, and
    digits; of two letters or more.
    """
    plain = _ELIDED.sub(" ", text.lower())
    found = (re.sub("['’]", "", word) for word in _TOKEN.findall(plain))
    return [word for word in found if len(word) > 1]


def phrases(
    text: str, empty_words: Collection[str] = EMPTY_WORDS, longest: int = LONGEST
) -> set[str]:
    """Runs of words that begin and end with one that says something, and have one empty word
    inside at the most.

    Args:
        text: Of any length.
        empty_words: Words that say nothing in its language.
        longest: Words of a run, at the most.
    """
    said = words(text)
    empty = [word in empty_words for word in said]
    found = set()
    for size in range(1, longest + 1):
        for start in range(len(said) - size + 1):
            stop = start + size
            if empty[start] or empty[stop - 1] or sum(empty[start:stop]) > 1:
                continue
            if len(set(said[start:stop])) == size:
                found.add(" ".join(said[start:stop]))
    return found


def runs(text: str, sizes: range = range(3, 7)) -> set[str]:
    """All runs of so many words, whatever they say."""
    said = words(text)
    return {
        " ".join(said[start : start + size])
        for size in sizes
        for start in range(len(said) - size + 1)
    }


def is_whole(run: str, empty_words: Collection[str] = EMPTY_WORDS) -> bool:
    """Whether a run of words ends with one that says something, and does not begin with one that
    only leads over: of English a few words, of other languages any that say nothing.
    """
    said = run.split()
    leading = _LEADING if empty_words is EMPTY_WORDS else empty_words
    return said[-1] not in empty_words and said[0] not in leading


def overlap(left: str, right: str) -> bool:
    """Whether two phrases share a word, or the beginning of one."""
    return bool({word[:5] for word in left.split()} & {word[:5] for word in right.split()})


def word_pairs(text: str) -> set[str]:
    """Words that say something, and pairs of neighbours among all words."""
    said = words(text)
    single = {word for word in said if word not in EMPTY_WORDS}
    return single | {" ".join(pair) for pair in pairwise(said)}
