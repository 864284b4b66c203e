"""Batches of examples of like length, so that little of a training step is spent on padding."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch


def bucketed_batches(
    lengths: Sequence[int], *, tokens: int, rng: random.Random
) -> Iterator[list[int]]:
    """Yield one epoch of index lists whose padded size stays within `tokens`.

    Examples are sorted by length plus a little noise, cut into batches, and the batches are
    shuffled. An example longer than `tokens` gets a batch of its own.
    """
    noisy = sorted(range(len(lengths)), key=lambda i: lengths[i] * rng.uniform(0.9, 1.1))
    batches: list[list[int]] = [[]]
    longest = 0
    for index in noisy:
        longest = max(longest, lengths[index])
        if batches[-1] and longest * (len(batches[-1]) + 1) > tokens:
            batches.append([])
            longest = lengths[index]
        batches[-1].append(index)
    rng.shuffle(batches)
    yield from (batch for batch in batches if batch)


def pad(rows: Sequence[Sequence[int]], value: int) -> torch.Tensor:
    """Stack `rows` of token ids into one int64 tensor (rows, longest row), filled with `value`."""
    width = max(map(len, rows))
    return torch.tensor([[*row, *[value] * (width - len(row))] for row in rows])


@dataclass(frozen=True)
class PaddedBatch:
    """Rows of like length.

    Attributes:
        places: Where each stands among all rows.
        ids: Token ids (rows, tokens).
        attention: 1 for each token, 0 where a row is padded (rows, tokens).
    """

    places: list[int]
    ids: torch.Tensor
    attention: torch.Tensor


def padded_batches(
    rows: Sequence[Sequence[int]], padding: int, size: int = 32
) -> Iterator[PaddedBatch]:
    """All rows of token ids, the shortest first, `size` of them in a batch."""
    order = sorted(range(len(rows)), key=lambda place: len(rows[place]))
    for at in range(0, len(order), size):
        places = order[at : at + size]
        ids = pad([rows[place] for place in places], padding)
        yield PaddedBatch(places, ids, (ids != padding).long())
