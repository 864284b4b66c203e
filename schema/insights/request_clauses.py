"""Which clause of a document asks for something, where a model has said of the whole that it does.

The mean of the vectors of all clauses of requests, less that of other feedback, is a direction
along which clauses that ask lie far: "wish they had it in more colors" among five that praise the
colour. Those that lie farthest, one of each document, make the direction once more, and sharper.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from schema.insights.stored_vectors import read_vectors

#: Documents that ask, from which on the direction is one.
FEWEST = 5
#: How often the direction is made of the clauses that it has chosen.
_ROUNDS = 2


def choose_request_clauses(
    vectors: Sequence[bytes], owners: Sequence[int], others: Sequence[bytes]
) -> dict[int, int] | None:
    """Choose a clause of each document.

    Args:
        vectors: Of all clauses of documents that ask, as they are stored: of length 1, numbers in
            half precision, little-endian.
        owners: The document of each.
        others: The vectors of clauses of other feedback, at least one, with as many numbers.

    Returns:
        By document the row of its clause, the first of equal ones; None of too few documents.
    """
    of, those = np.asarray(owners), read_vectors(vectors).astype(np.float32)
    middle = read_vectors(others).astype(np.float32).mean(axis=0)
    documents = np.unique(of)
    if len(documents) < FEWEST:
        return None
    chosen = np.arange(len(of))
    for _ in range(_ROUNDS):
        lean = those @ (those[chosen].mean(axis=0) - middle)
        # The farthest of each document first, then the first.
        order = np.lexsort((np.arange(len(of)), -lean, of))
        _, first = np.unique(of[order], return_index=True)
        chosen = order[first]
    return dict(zip(documents.tolist(), chosen.tolist(), strict=True))
