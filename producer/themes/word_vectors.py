"""Vectors without a model: words and pairs of words by TF-IDF, then a truncated SVD. They see which
words texts share, and not that different words may say the same: weaker than embeddings.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.linalg import svds

from producer.themes.grid import Floats, Grid, to_grid
from producer.themes.naming import count_terms
from producer.themes.phrases import word_pairs

#: Components of a vector, at the most, …
DIMENSIONS = 200
#: … in a small sample one for so many texts, so that what is rare is left out, but …
TEXTS_EACH = 20
#: … at least so many.
FEWEST_DIMENSIONS = 10
#: Terms that count: those that most texts have, of those that at least two have, …
TERMS = 10_000
FEWEST_TEXTS = 2
#: … and not more than this part of all.
MOST_TEXTS = 0.5


@dataclass(frozen=True, slots=True)
class WordVectors:
    """How counts of terms become vectors.

    Attributes:
        terms: That count.
        weights: Of each term: the logarithm of how rare it is.
        components: A row for each term.
    """

    terms: list[str]
    weights: NDArray[np.float32]
    components: NDArray[np.float16]

    def vectors(self, texts: Sequence[str]) -> Grid:
        """The vectors of texts; zero for one that has no term."""
        weighted = _weighted(_counts(texts, self.terms), self.weights)
        return to_grid(_unit(weighted @ self.components.astype(np.float64)))

    def to_bytes(self) -> bytes:
        """All of it, for a column of the database."""
        file = io.BytesIO()
        terms = np.frombuffer(json.dumps(self.terms).encode(), dtype=np.uint8)
        np.savez_compressed(file, terms=terms, weights=self.weights, components=self.components)
        return file.getvalue()

    @staticmethod
    def from_bytes(stored: bytes) -> WordVectors:
        """What `to_bytes` gave."""
        with np.load(io.BytesIO(stored), allow_pickle=False) as arrays:
            terms = json.loads(arrays["terms"].tobytes())
            return WordVectors(terms, arrays["weights"], arrays["components"])


def fit_word_vectors(texts: Sequence[str]) -> WordVectors:
    """Learn from different texts in the order of their hashes."""
    terms, has = count_terms([word_pairs(text) for text in texts], FEWEST_TEXTS, MOST_TEXTS)
    frequency = np.asarray(has.sum(axis=0)).ravel()
    kept = np.sort(np.lexsort((np.arange(len(terms)), -frequency))[:TERMS])
    terms, frequency = [terms[term] for term in kept], frequency[kept]
    weights = (np.log((1 + len(texts)) / (1 + frequency)) + 1).astype(np.float32)
    weighted = _weighted(has[:, kept], weights)
    size = min(DIMENSIONS, max(FEWEST_DIMENSIONS, len(texts) // TEXTS_EACH))
    size = min(size, *(one - 1 for one in weighted.shape))
    if size < 1:
        return WordVectors(terms, weights, np.zeros((len(terms), 1), dtype=np.float16))
    # It begins where it always does, so that the same texts give the same vectors.
    start = np.ones(min(weighted.shape))
    _, _, right = svds(weighted, k=size, v0=start, random_state=0)
    return WordVectors(terms, weights, right.T.astype(np.float16))


def _counts(texts: Sequence[str], terms: Sequence[str]) -> csr_array[Any, tuple[int, int]]:
    column = {term: number for number, term in enumerate(terms)}
    rows = [sorted(column[term] for term in word_pairs(text) if term in column) for text in texts]
    starts = np.cumsum([0, *map(len, rows)])
    flat = np.array([number for row in rows for number in row], dtype=np.int64)
    ones = np.ones(len(flat), dtype=np.int64)
    return csr_array((ones, flat, starts), shape=(len(texts), len(terms)))


def _weighted(
    has: csr_array[Any, tuple[int, int]], weights: NDArray[np.float32]
) -> csr_array[Any, tuple[int, int]]:
    """Rows of length 1."""
    weighted = csr_array(has.multiply(weights.astype(np.float64)[None, :]))
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    scale = 1 / np.maximum(lengths, 1e-12)
    return csr_array(weighted.multiply(scale[:, None]))


def _unit(rows: Floats) -> Floats:
    lengths = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
    return np.asarray(rows / np.maximum(lengths, 1e-12))
