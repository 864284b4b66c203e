"""The layer behind the built-in vectors: least squares on the means of texts."""

from __future__ import annotations

import torch

from recipes.embedding.fit import fit
from recipes.embedding.means import means_of
from tests.support.shared_checkpoints import tiny_encoder


def test_what_is_linear_is_found_again() -> None:
    torch.manual_seed(3)
    means, weights = torch.randn(500, 6), torch.randn(6, 6)
    wanted = means @ weights.T + 2.0
    layer = fit(means, wanted)
    torch.testing.assert_close(layer.weight.detach(), weights, rtol=0, atol=0.01)
    torch.testing.assert_close(layer.bias.detach(), torch.full((6,), 2.0), rtol=0, atol=0.01)


def test_a_text_has_the_same_mean_in_any_batch() -> None:
    encoder, tokenizer = tiny_encoder()
    texts = ["the parcel", "a", "Berlin, Berlin and the broken parcel"]
    together = means_of(encoder, tokenizer, texts, "the ")
    for text, mean in zip(texts, together, strict=True):
        # The recipe computes in bfloat16.
        torch.testing.assert_close(
            means_of(encoder, tokenizer, ["the " + text])[0], mean, rtol=0.05, atol=0.05
        )
