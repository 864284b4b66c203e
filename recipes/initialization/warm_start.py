"""Starting weights that need no training: counted word vectors, and heads that look at neighbours.

A small encoder on little text and little time spends most of its first epochs on finding out which
words are alike and which token stands next to which. Both can be written down at once: word vectors
from co-occurrence counts (positive pointwise mutual information and SVD, Levy and Goldberg 2014,
NeurIPS), and attention heads aimed at a fixed offset through sinusoidal positions (in the spirit of
mimetic initialization, Trockman and Kolter 2023, arXiv:2305.09828). Training then goes on from
there as usual, and the architecture stays what it is.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

#: Hidden dimensions that carry the position at the start, and so the size of an aimed head.
POSITION_SIZE = 32
_CONTEXTS = 2000


def counted_vectors(rows: Sequence[Sequence[int]], vocabulary: int, size: int) -> Tensor:
    """Word vectors (vocabulary, size) of unit variance, from what stands left and right of a token.

    Args:
        rows: token ids of the texts.
        vocabulary: number of token ids.
        size: dimensions of a vector.
    """
    flat = torch.tensor([token for row in rows for token in (*row, 0, 0)])
    frequent = torch.bincount(flat, minlength=vocabulary).argsort(descending=True)[:_CONTEXTS]
    context_of = torch.full((vocabulary,), -1)
    context_of[frequent] = torch.arange(len(frequent))
    tables = []
    for offset in (-2, -1, 1, 2):
        tokens, others = flat, context_of[flat.roll(offset)]
        kept = others >= 0
        cells = tokens[kept] * _CONTEXTS + others[kept]
        counts = torch.bincount(cells, minlength=vocabulary * _CONTEXTS).float()
        tables.append(_positive_information(counts.view(vocabulary, _CONTEXTS)))
    left, scale, _ = torch.svd_lowrank(torch.cat(tables, dim=1), q=size, niter=2)
    vectors = left * scale.sqrt()
    return vectors / vectors.pow(2).mean(1, keepdim=True).sqrt().clamp_min(1e-3)


def _positive_information(counts: Tensor) -> Tensor:
    """Positive pointwise mutual information of a table of counts, contexts smoothed by 0.75."""
    contexts = counts.sum(0).pow(0.75)
    expected = counts.sum(1, keepdim=True) * (contexts / contexts.sum())
    return (counts / expected.clamp_min(1e-6)).clamp_min(1e-6).log().clamp_min(0)


def place_embeddings(words: nn.Embedding, positions: nn.Embedding, vectors: Tensor) -> None:
    """Put `vectors` (vocabulary, hidden - 32) and sinusoids into separate dimensions of both."""
    with torch.no_grad():
        words.weight.normal_(0, 0.02)
        words.weight[:, POSITION_SIZE:] = vectors
        positions.weight.zero_()
        positions.weight[:, :POSITION_SIZE] = _sinusoids(positions.num_embeddings)


def _frequencies() -> Tensor:
    """Angles a position turns each pair of dimensions by: from neighbours to a paragraph."""
    return torch.logspace(math.log10(1.6), math.log10(0.02), POSITION_SIZE // 2)


def _sinusoids(count: int) -> Tensor:
    angles = torch.arange(count)[:, None] * _frequencies()
    return torch.cat([angles.cos(), angles.sin()], dim=1)


def aim_heads(query: nn.Linear, key: nn.Linear, offsets: Sequence[int], sharpness: float) -> None:
    """Make the first heads look at the tokens `offsets` away; the other heads stay random.

    Heads have `POSITION_SIZE` dimensions. The query turns its position by the offset, so that its
    product with a key is largest where the key stands; `sharpness` is the logit there, about.
    """
    size = POSITION_SIZE
    half = size // 2
    gain = math.sqrt(sharpness * math.sqrt(size) / half)
    with torch.no_grad():
        for head, offset in enumerate(offsets):
            turn = _frequencies() * offset
            cosine, sine = torch.diag(turn.cos()), torch.diag(turn.sin())
            rotation = torch.cat(
                [torch.cat([cosine, -sine], dim=1), torch.cat([sine, cosine], dim=1)]
            )
            rows = slice(head * size, (head + 1) * size)
            query.weight[rows, :size] = gain * rotation
            key.weight[rows, :size] = gain * torch.eye(size)
