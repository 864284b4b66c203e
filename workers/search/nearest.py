"""The clauses nearest to a query: all of them are compared, so none is missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from schema.search.filters import Selection
from workers.search.vectors import Array, VectorBlock

#: Clauses that are compared once more in float32: the products of float16 have three digits.
_AGAIN = 2_048

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Nearest:
    """A document by the clause of it that is nearest.

    Attributes:
        key: Of the clause, see `KEYS`.
        score: The cosine.
    """

    key: Array
    score: float


class ClauseVectors:
    """All clauses of a database.

    Args:
        blocks: Of one model, mapped.
    """

    def __init__(self, blocks: Sequence[VectorBlock]) -> None:
        self._blocks = blocks
        self._starts = np.cumsum([0, *(len(block.keys) for block in blocks)])
        self._documents = np.concatenate(
            [np.zeros(0, np.int64), *(block.keys["document"] for block in blocks)]
        )

    def __len__(self) -> int:
        return len(self._documents)

    def nearest(self, query: bytes, selection: Selection, limit: int) -> list[Nearest]:
        """Documents by their nearest clause, the nearest first; of equal ones, the smaller id.

        Args:
            query: A vector as the table has it.
            selection: Of the documents that are looked at.
            limit: The most documents.
        """
        vector = np.frombuffer(query, "<f2")
        scores = self._scores(vector)
        scores[~self._mask(selection)] = -np.inf
        taken = _AGAIN
        while True:
            rows, exact = self._best(vector, scores, taken)
            first = np.unique(self._documents[rows], return_index=True)[1]
            order = first[np.lexsort((self._documents[rows[first]], -exact[first]))]
            # One long document may have all of the nearest clauses.
            if len(order) >= limit or taken >= len(self):
                break
            taken *= 8
        return [
            Nearest(self._key(int(rows[place])), float(exact[place])) for place in order[:limit]
        ]

    def _scores(self, vector: Array) -> Floats:
        """The cosine of each clause, (clauses), of as many digits as float16 has."""
        query = torch.from_numpy(vector.astype(np.float16))
        parts = []
        with torch.inference_mode():
            for block in self._blocks:
                parts.append(torch.from_numpy(block.vectors).mv(query).numpy())
                block.release()
        return np.concatenate([np.zeros(0, np.float16), *parts]).astype(np.float32)

    def _mask(self, selection: Selection) -> npt.NDArray[np.bool_]:
        """Which clauses are of documents that are looked at, (clauses)."""
        if not len(self):
            return np.zeros(0, bool)
        named = np.zeros(int(self._documents.max()) + 1, bool)
        ids = np.fromiter(selection.ids, np.int64, len(selection.ids))
        named[ids[ids < len(named)]] = True
        mask: npt.NDArray[np.bool_] = named[self._documents]
        return ~mask if selection.inverted else mask

    def _best(self, vector: Array, scores: Floats, count: int) -> tuple[Array, Floats]:
        """The rows with the highest scores, best first, and their scores in float32."""
        count = min(count, len(scores))
        rows = np.argpartition(-scores, count - 1)[:count] if count else np.zeros(0, np.int64)
        rows = np.sort(rows[np.isfinite(scores[rows])])
        exact = np.zeros(len(rows), np.float32)
        wide = vector.astype(np.float32)
        owners = np.searchsorted(self._starts, rows, side="right") - 1
        for number in np.unique(owners):
            own = owners == number
            some = self._blocks[number].vectors[rows[own] - self._starts[number]]
            exact[own] = some.astype(np.float32) @ wide
            self._blocks[number].release()
        order = np.lexsort((rows, -exact))
        return rows[order], exact[order]

    def _key(self, row: int) -> Array:
        number = int(np.searchsorted(self._starts, row, side="right")) - 1
        key: Array = self._blocks[number].keys[row - self._starts[number]]
        return key
