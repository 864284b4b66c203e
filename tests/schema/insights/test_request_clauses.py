"""The clause that makes a document a request is found among those that only go with it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from schema.insights.request_clauses import FEWEST, choose_request_clauses

DIMENSIONS = 16

Vector = NDArray[np.float32]


def clause(
    random: np.random.Generator, asks: float
) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """A clause about anything, that asks so much."""
    vector = random.normal(size=DIMENSIONS).astype(np.float32)
    vector[0] = asks
    return np.asarray(vector / np.float32(np.linalg.norm(vector)))


def stored(vectors: Sequence[Vector]) -> list[bytes]:
    return [one.astype("<f2").tobytes() for one in vectors]


def test_one_clause_of_each_document_asks() -> None:
    random = np.random.default_rng(3)
    vectors: list[Vector] = []
    owners: list[int] = []
    asking: dict[int, int] = {}
    for document in range(40):
        place = int(random.integers(4))
        for ordinal in range(4):
            if ordinal == place:
                asking[document] = len(vectors)
            vectors.append(clause(random, 4.0 if ordinal == place else 0.0))
            owners.append(document)
    others = stored([clause(random, 0.0) for _ in range(500)])
    found = choose_request_clauses(stored(vectors), owners, others)
    assert found is not None and found.keys() == asking.keys()
    assert sum(found[one] == asking[one] for one in asking) >= 38


def test_of_too_few_documents_nobody_can_tell() -> None:
    random = np.random.default_rng(1)
    vectors = stored([clause(random, 1.0) for _ in range(FEWEST)])
    others = stored([np.zeros(DIMENSIONS, dtype=np.float32)])
    assert choose_request_clauses(vectors[1:], range(FEWEST - 1), others) is None
    assert choose_request_clauses(vectors, range(FEWEST), others) == {n: n for n in range(FEWEST)}
