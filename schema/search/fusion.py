"""One ranking of several: reciprocal rank fusion (Cormack, Clarke and Büttcher 2009).

What is near the top of both goes before what is at the top of one. It needs no scores that could be
compared, which bm25 and a cosine are not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

#: As in the paper: how little it matters whether a document is first or third.
K = 60


def fused(rankings: Sequence[Sequence[int]]) -> list[tuple[int, float]]:
    """Documents by the sum of 1 / (60 + rank) over the rankings, ranks counted from 1.

    Args:
        rankings: Each the ids of documents, the best first.

    Returns:
        (document, score), the highest score first; of equal ones, the smaller id.
    """
    scores: defaultdict[int, float] = defaultdict(float)
    for ranking in rankings:
        for rank, document_id in enumerate(ranking, start=1):
            scores[document_id] += 1 / (K + rank)
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
