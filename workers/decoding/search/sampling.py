"""Sampling: each document continues with a token that is drawn, always the same one.

Gumbel-max (Gumbel 1954; Maddison et al. 2014): the token whose logit plus noise is largest is one
drawn by the probabilities. The noise comes from the seed and the document's own prompt, so that the
same prompt has the same text, whatever is in its batch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import GenerationConfig


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are drawn; the names are those of `GenerationConfig`.

    Attributes:
        seed: Of the noise.
        temperature: By which logits are divided.
        top_k: The most tokens that are drawn from; None for all.
        top_p: The probability that those have together which are drawn from, the likeliest first.
    """

    seed: int
    temperature: float = 1.0
    top_k: int | None = None
    top_p: float = 1.0

    def noise(self, prompt: Sequence[int]) -> torch.Generator:
        """The source of a document's noise."""
        said = f"{self.seed} {' '.join(map(str, prompt))}".encode("ascii")
        digest = hashlib.blake2b(said, digest_size=7).digest()
        return torch.Generator().manual_seed(int.from_bytes(digest, "big"))

    def draw_among(self, logits: Tensor) -> None:
        """Change logits in place: (rows, tokens); those that are not drawn from become -inf."""
        logits.div_(self.temperature)
        if self.top_k is not None and self.top_k < logits.shape[1]:
            least = logits.topk(self.top_k).values[:, -1:]
            logits.masked_fill_(logits < least, -torch.inf)
        if self.top_p < 1:
            ordered, places = logits.sort(descending=True)
            before = ordered.softmax(-1).cumsum(-1) - ordered.softmax(-1)
            # The likeliest always stays.
            ordered.masked_fill_(before >= self.top_p, -torch.inf)
            logits.scatter_(1, places, ordered)


class SampledConfig(GenerationConfig):
    """Settings of a checkpoint, by which tokens are drawn in the decoding loop."""

    sampling: Sampling


def sampling_of(settings: GenerationConfig) -> Sampling | None:
    """How tokens are drawn by some settings; None where the likeliest is taken."""
    return settings.sampling if isinstance(settings, SampledConfig) else None
