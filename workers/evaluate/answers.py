"""Metrics of answers, as the official script of SQuAD 2.0 computes them."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from workers.evaluate.score import Doubles, Scored, ratio

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = frozenset(string.punctuation)


def score_answers(wanted: Sequence[Sequence[str]], said: Sequence[str]) -> Scored:
    """Exact match and F1, also apart for questions with and without an answer.

    Args:
        wanted: Of each question all answers that are right; none where there is no answer.
        said: What the model answers; empty where it finds none.
    """
    rows = []
    for answers, answer in zip(wanted, said, strict=True):
        exact, shared = exact_match(answers, answer), best_f1(answers, answer)
        has = bool(_gold(answers) != [""])
        rows.append([1, exact, shared, has, has * exact, has * shared])

    # In each draw the same scores, though it may have questions of one kind alone.
    of_both_kinds = len({bool(row[3]) for row in rows}) > 1

    def scores_of(sums: Doubles) -> Mapping[str, float]:
        total, exact, shared, has, has_exact, has_shared = sums
        scores = {"exact match": ratio(exact, total), "F1": ratio(shared, total)}
        if of_both_kinds:
            scores["exact match with an answer"] = ratio(has_exact, has)
            scores["F1 with an answer"] = ratio(has_shared, has)
            scores["accuracy without an answer"] = ratio(exact - has_exact, total - has)
        return scores

    return Scored(np.array(rows, dtype=np.float64).reshape(-1, 6), scores_of)


def exact_match(wanted: Sequence[str], said: str) -> int:
    """1 if an answer is the same but for case, punctuation, articles and spaces."""
    return int(any(normalized(one) == normalized(said) for one in _gold(wanted)))


def best_f1(wanted: Sequence[str], said: str) -> float:
    """The largest F1 of the words that an answer shares with one that is right."""
    return max(_f1(one, said) for one in _gold(wanted))


def normalized(answer: str) -> str:
    """In lower case, without punctuation and English articles, with one space between words."""
    plain = "".join(one for one in answer.lower() if one not in _PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", plain).split())


def _gold(wanted: Sequence[str]) -> list[str]:
    """Answers of which something is left; an empty one stands for none."""
    return [one for one in wanted if normalized(one)] or [""]


def _f1(one: str, other: str) -> float:
    gold, found = normalized(one).split(), normalized(other).split()
    if not gold or not found:
        return float(gold == found)
    shared = (Counter(gold) & Counter(found)).total()
    return 2 * shared / (len(gold) + len(found))
