"""Answers that say something of the same: those that share a word that says something.

Vectors would put "too small" nearer to "too big" (a cosine of .86 by the built-in encoder) than
"the zip broke" to "broken zipper" (.76). A shared word is less clever, and anybody can see why two
answers stand together.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from schema.insights.function_words import function_words
from schema.insights.words import words

#: Different wordings that are looked at, those of most documents.
MOST = 20_000
#: Wordings of a group that are shown, and from how many characters on one comes behind others.
SHOWN, LONG = 3, 60
#: Ends of plurals, and how many letters a word without has at least: of an n many other words end.
_PLURALS = (("es", 2), ("s", 2), ("en", 4), ("n", 4))


@dataclass(frozen=True, slots=True)
class Answer:
    """A wording, and how many documents have it; `key` is what its spellings have in common."""

    wording: str
    documents: int
    key: str = ""


@dataclass(frozen=True, slots=True)
class LikeAnswers:
    """Answers that share a word.

    Attributes:
        about: The word, as most of them write it; of one wording alone the wording.
        answers: All of them, those of most documents first, then the shortest; long ones last.
    """

    about: str
    answers: Sequence[Answer]
    documents: int

    @property
    def wordings(self) -> list[str]:
        """How they are said, in the same order."""
        return [one.wording for one in self.answers]


def group_answers(answers: Iterable[Answer]) -> list[LikeAnswers]:
    """Group answers to one question, the group of most documents first.

    The word that most documents share takes all answers with it, then the next of what is left,
    until no word is left that two wordings share. Words that say nothing in the language of an
    answer count as little as the end of a plural. The order of the answers does not matter.
    """
    chosen = sorted(answers, key=lambda one: (-one.documents, len(one.wording), one.wording))[:MOST]
    said = [_telling(one.wording) for one in chosen]
    vocabulary = {word for some in said for word in some}
    stems = [{_singular(word, vocabulary) for word in some} for some in said]
    having: dict[str, list[int]] = defaultdict(list)
    for place, some in enumerate(stems):
        for stem in some:
            having[stem].append(place)
    groups, left = [], set(range(len(chosen)))
    for stem, places in _greedily(having, [one.documents for one in chosen]):
        own = [chosen[place] for place in places]
        spelled = Counter[str]()
        for place in places:
            alike = [one for one in said[place] if _singular(one, vocabulary) == stem]
            spelled.update(dict.fromkeys(alike, chosen[place].documents))
        about = min(spelled, key=lambda word: (-spelled[word], len(word), word))
        groups.append(_group(about, own))
        left.difference_update(places)
    groups += (_group(chosen[place].wording, [chosen[place]]) for place in left)
    return sorted(groups, key=lambda one: (-one.documents, one.about))


def _greedily(
    having: dict[str, list[int]], documents: Sequence[int]
) -> Iterable[tuple[str, list[int]]]:
    """Words with the answers that each takes, the one that most documents share first."""
    taken: set[int] = set()
    heap = [(-sum(documents[place] for place in having[stem]), stem) for stem in having]
    heapify(heap)
    while heap:
        before, stem = heappop(heap)
        places = [place for place in having[stem] if place not in taken]
        count = sum(documents[place] for place in places)
        if len(places) < 2:
            continue
        if count < -before:
            heappush(heap, (-count, stem))
            continue
        taken.update(places)
        yield stem, places


def _group(about: str, answers: Sequence[Answer]) -> LikeAnswers:
    # The order of the answers is kept otherwise.
    shown = sorted(answers, key=lambda one: len(one.wording) > LONG)
    return LikeAnswers(about, shown, sum(one.documents for one in answers))


def _telling(wording: str) -> list[str]:
    said = words(wording)
    empty = function_words(said)
    return [word for word in dict.fromkeys(said) if word not in empty]


def _singular(word: str, vocabulary: set[str]) -> str:
    """The word without the end of a plural, where somebody wrote it so or it is plain."""
    for end, shortest in _PLURALS:
        if word.endswith(end) and len(stem := word[: -len(end)]) >= shortest and stem in vocabulary:
            return stem
    is_plain = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if is_plain else word
