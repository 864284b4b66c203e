"""Word vectors from counts of what stands near what: a start for a pocket encoder's embeddings.

Positive pointwise mutual information, factored by a truncated SVD (Levy & Goldberg 2014, "Neural
Word Embedding as Implicit Matrix Factorization"). It takes seconds where masked-language-model
training takes an hour, and lets words that no label covers behave like their neighbours.
"""

from collections.abc import Sequence

import torch
from transformers import PreTrainedTokenizerBase

WINDOW = 4
SMOOTHING = 0.75


def embed_by_cooccurrence(
    tokenizer: PreTrainedTokenizerBase, texts: Sequence[str], width: int, scale: float
) -> torch.Tensor:
    """Vectors (vocabulary, width) of root mean square `scale`, one for each token.

    Tokens that `texts` never show get small random vectors.
    """
    size = len(tokenizer)
    ids = [i for row in tokenizer(list(texts))["input_ids"] for i in [*row, *[0] * WINDOW]]
    stream = torch.tensor(ids)
    counts = torch.zeros(size * size)
    for distance in range(1, WINDOW + 1):
        pairs = stream[:-distance] * size + stream[distance:]
        counts += torch.bincount(pairs, minlength=size * size).float() / distance
    counts = counts.view(size, size)
    counts = counts + counts.T
    counts[: tokenizer.mask_token_id + 1] = 0
    counts[:, : tokenizer.mask_token_id + 1] = 0
    left = counts.sum(1, keepdim=True).clamp(min=1e-6)
    context = counts.sum(0) ** SMOOTHING
    mutual = (counts * context.sum() / (left * context.clamp(min=1e-6))).clamp(min=1.0).log()
    u, s, _ = torch.svd_lowrank(mutual, q=width, niter=3)
    vectors = u * s.sqrt()
    seen = vectors.norm(dim=1, keepdim=True) > 1e-4
    vectors = torch.where(seen, vectors, torch.randn_like(vectors))
    return scale * torch.nn.functional.normalize(vectors, dim=1) * width**0.5
