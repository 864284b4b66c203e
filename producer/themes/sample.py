"""A sample of different texts that depends on the texts alone: those with the lowest hashes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from producer.themes.grid import Grid, Ints
from schema.insights.copies import text_key

#: Clauses that themes are made of, at the most: the graph of more would take minutes and gigabytes.
SAMPLE = 20_000


class HashSample:
    """The `size` different texts whose keys are lowest, with their vectors, of any stream.

    The order of the stream and its blocks do not matter: of copies, the text that is first by its
    letters is taken, with its vector. Memory is that of twice the sample and a block.

    Attributes:
        texts: In the order of their keys.
        vectors: A row for each text.
    """

    def __init__(self, size: int = SAMPLE) -> None:
        self._size = size
        self._keys = np.empty(0, dtype=np.int64)
        self.texts: list[str] = []
        self.vectors: Grid = np.empty((0, 0), dtype=np.int16)

    def low(self, texts: Sequence[str]) -> list[int]:
        """Places of the texts that may belong to the sample: only they are worth a vector."""
        keys = text_keys(texts)
        if len(self._keys) < self._size:
            return list(range(len(keys)))
        return [int(place) for place in np.flatnonzero(keys <= self._keys[-1])]

    def add(
        self, texts: Sequence[str], vectors: Grid, keep: Callable[[str], bool] | None = None
    ) -> None:
        """Take those of a block that belong to the sample by now.

        Args:
            texts: Of the block, …
            vectors: … with a row for each.
            keep: Which texts may be taken; asked of those alone that would be. None: all.
        """
        keys = text_keys(texts)
        if len(self._keys) >= self._size:
            low = np.flatnonzero(keys <= self._keys[-1])
            keys, vectors, texts = keys[low], vectors[low], [texts[row] for row in low.tolist()]
        if keep is not None:
            kept = [row for row, text in enumerate(texts) if keep(text)]
            keys, vectors, texts = keys[kept], vectors[kept], [texts[row] for row in kept]
        if not len(keys):
            return
        if len(self._keys):
            keys = np.concatenate([self._keys, keys])
            vectors = np.concatenate([self.vectors, vectors])
            texts = [*self.texts, *texts]
        order = sorted(range(len(keys)), key=lambda row: (keys[row], texts[row]))
        ordered = keys[order]
        first = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))[: self._size]
        chosen = [order[row] for row in first]
        self._keys, self.vectors = keys[chosen], vectors[chosen]
        self.texts = [texts[row] for row in chosen]

    @property
    def keys(self) -> Ints:
        """The keys of the texts, rising."""
        return self._keys


def text_keys(texts: Iterable[str]) -> Ints:
    """The key of each text."""
    return np.fromiter((text_key(text) for text in texts), dtype=np.int64)
