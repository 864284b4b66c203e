"""Which texts are copies of each other: equal but for case and punctuation, or made from one
template, as “booking 759, please cancel” and “booking 812, please cancel” are.

The first are found by what is left of a text, the second by MinHash (Broder, 1997, “On the
resemblance and containment of documents”) with bands: texts that share a band of their signatures
are compared in full. Cosine of embeddings would join what merely means the same, which is what
themes are for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Characters of a shingle.
SHINGLE = 4
#: Least hashes of a text, …
PERMUTATIONS = 64
#: … in so many bands: of two texts that are as alike as `JACCARD` asks, 98.8 % share one.
BANDS = 16
#: How much of the shingles of either text both have to have.
JACCARD = 0.7
#: Words below which a text is too short to have a template: “very good” and “very bad” have most of
#: their shingles in common.
MIN_WORDS = 5
#: Texts in one bucket of a band up to which all are compared with all; of more each is compared
#: with the first, so that a template with a million copies does not take a million squared.
_FEW = 20
#: Of each character of a plain text what is left: a letter in lower case, a digit, or a blank.
_PLAIN = bytes(ord(chr(code).lower()) if chr(code).isalnum() else 32 for code in range(128))
_PLAIN += bytes(range(128, 256))

Shingles = NDArray[np.uint64]


@dataclass(frozen=True)
class Groups:
    """For each text its group.

    Attributes:
        first: The index of the first text of its group; its own where it has no copy before it.
        is_equal: Whether it is the same as that first one, but for case and punctuation.
    """

    first: NDArray[np.int64]
    is_equal: NDArray[np.bool_]


def normalise(text: str) -> str:
    """What is left of a text without case and punctuation; empty where it has no word."""
    if text.isascii():
        # The same, in a quarter of the time: themes ask for it of millions of clauses.
        return b" ".join(text.encode().translate(_PLAIN).split()).decode()
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()


def find_near_duplicates(texts: Sequence[str]) -> Groups:
    """Group texts. Two groups become one where their first texts are alike, so that a chain of
    small changes does not lead from one template to another.

    Args:
        texts: In any number; some 500 bytes of memory each besides themselves.
    """
    plain = [normalise(text) for text in texts]
    distinct: dict[str, int] = {}
    original = [distinct.setdefault(text, index) for index, text in enumerate(plain)]
    sets = _DisjointSets(len(texts))
    for index, first in enumerate(original):
        # What has no word at all says nothing, and so not the same.
        if plain[index]:
            sets.join(first, index)
    long = [index for text, index in distinct.items() if text.count(" ") >= MIN_WORDS - 1]
    _join_alike(plain, long, sets)
    first_of = np.array([sets.root(index) for index in range(len(texts))], dtype=np.int64)
    equal = [plain[index] == plain[root] for index, root in enumerate(first_of)]
    return Groups(first_of, np.array(equal, dtype=np.bool_))


class _DisjointSets:
    """Groups of indices that are joined one by one; the root of each is its lowest index."""

    def __init__(self, count: int) -> None:
        self._parents = list(range(count))

    def root(self, index: int) -> int:
        parents = self._parents
        while parents[index] != index:
            parents[index] = parents[parents[index]]
            index = parents[index]
        return index

    def join(self, a: int, b: int) -> None:
        low, high = sorted((self.root(a), self.root(b)))
        self._parents[high] = low


def _join_alike(plain: Sequence[str], indices: Sequence[int], sets: _DisjointSets) -> None:
    """Join the groups of texts that are alike."""
    if not indices:
        return
    signatures = _signatures([plain[index] for index in indices])
    shingles: dict[int, Shingles] = {}
    for a, b in _candidates(signatures):
        # Cheaper than a comparison in full, and far enough below what is asked for.
        if (signatures[a] == signatures[b]).mean() < JACCARD - 0.25:
            continue
        one, other = sets.root(indices[a]), sets.root(indices[b])
        if one == other:
            continue
        for index in (one, other):
            if index not in shingles:
                shingles[index] = _shingles(plain[index])
        if _jaccard(shingles[one], shingles[other]) >= JACCARD:
            sets.join(one, other)


def _shingles(text: str) -> Shingles:
    """Hashes of all runs of `SHINGLE` characters, each once."""
    codes = np.frombuffer(f" {text} ".encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(
        np.uint64
    )
    found = np.zeros(max(1, len(codes) - SHINGLE + 1), dtype=np.uint64)
    for offset in range(SHINGLE):
        # Characters have 21 bits: three of them fit without a loss, and a fourth nearly so.
        part = codes[offset : offset + len(found)]
        found[: len(part)] = found[: len(part)] * np.uint64(0x1FFFF7) + part
    return np.unique(_mixed(found))


def _mixed(values: Shingles) -> Shingles:
    """Spread over all 64 bits (the finaliser of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _signatures(texts: Sequence[str]) -> NDArray[np.uint32]:
    """The least of each text's shingles under each permutation (texts × `PERMUTATIONS`)."""
    random = np.random.default_rng(1)
    odd = random.integers(0, 2**63, PERMUTATIONS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    found = np.empty((len(texts), PERMUTATIONS), dtype=np.uint32)
    for row, text in enumerate(texts):
        permuted = _shingles(text)[:, None] * odd
        # The upper bits: the lower ones of a product know only the lower ones of what it is of.
        found[row] = permuted.min(axis=0) >> np.uint64(32)
    return found


def _candidates(signatures: NDArray[np.uint32]) -> Iterator[tuple[int, int]]:
    """Pairs of texts that share a band."""
    width = PERMUTATIONS // BANDS
    for band in range(BANDS):
        part = np.ascontiguousarray(signatures[:, band * width : (band + 1) * width])
        keys = part.view(np.dtype((np.void, part.itemsize * width))).ravel()
        order = np.argsort(keys, kind="stable")
        same = keys[order][1:] == keys[order][:-1]
        ends = np.flatnonzero(np.append(~same, True)) + 1
        start = 0
        for end in ends.tolist():
            bucket = order[start:end]
            start = end
            pivots = len(bucket) if len(bucket) <= _FEW else 1
            for place in range(pivots):
                yield from ((int(bucket[place]), int(one)) for one in bucket[place + 1 :])


def _jaccard(a: Shingles, b: Shingles) -> float:
    both = len(np.intersect1d(a, b, assume_unique=True))
    return both / (len(a) + len(b) - both)
