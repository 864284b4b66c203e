"""ROUGE-L: how much of a headline a sentence has."""

from __future__ import annotations

import re

_WORD = re.compile(r"\w+")


def rouge_l(summary: str, reference: str) -> float:
    """F1 of the longest common subsequence of words (ROUGE-L, Lin 2004)."""
    a, b = _WORD.findall(summary.lower()), _WORD.findall(reference.lower())
    row = [0] * (len(b) + 1)
    for word in a:
        diagonal = 0
        for j, other in enumerate(b, start=1):
            above = row[j]
            row[j] = diagonal + 1 if word == other else max(above, row[j - 1])
            diagonal = above
    return 2 * row[-1] / (len(a) + len(b)) if row[-1] else 0.0
