"""Attention in one pass over memory: what batched products say, and the texts of both."""

from __future__ import annotations

from itertools import cycle
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.support import causal_models
from tests.support.causal_models import prompts_of
from tests.support.collected import nothing
from tests.support.seq2seq_models import build_model, decoder_of, sources_of
from tests.support.seq2seq_searches import ENDS, settings_of
from workers.decoding.attention import step
from workers.decoding.attention.batched import attend

pytest.importorskip("numba", reason="Numba is not there for this Python")
from workers.decoding.attention.fused import attend_fused

pytestmark = pytest.mark.slow

#: (documents, beams, key heads, heads that share one, size, slots, lengths of sources)
SHAPES = [
    (3, 1, 2, 1, 64, 0, [9, 5, 8]),
    (3, 1, 2, 1, 64, 7, [0, 0, 0]),
    (2, 1, 3, 2, 8, 17, [33, 1]),
    (3, 4, 2, 1, 12, 8, [0, 0, 0]),
    (2, 4, 2, 3, 16, 24, [4, 40]),
    (1, 3, 1, 1, 5, 0, [1]),
]


def way_of(monkeypatch: pytest.MonkeyPatch, fused: bool) -> None:
    monkeypatch.setattr(step, "fuses", lambda device, dtype: fused)


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed + sum(shape)))


@pytest.mark.parametrize("bias_heads", [0, 1, 2])
@pytest.mark.parametrize("shape", SHAPES)
def test_it_says_what_batched_products_say(shape: Any, bias_heads: int) -> None:
    documents, beams, key_heads, group, size, slots, lengths = shape
    heads, rows, longest = key_heads * group, documents * beams, max(lengths)
    qkv = random(rows, (heads + 2 * key_heads) * size)
    query, key, value = qkv.view(documents, beams, -1, size).split(
        [heads, key_heads, key_heads], dim=2
    )
    # More documents and slots than are in use; what is behind them must not be looked at.
    own = [random(documents + 1, key_heads, slots + 5, size, seed=seed) for seed in (1, 2)]
    read = [random(documents + 1, key_heads, longest + 3, size, seed=seed) for seed in (3, 4)]
    bias = random(documents, heads if bias_heads == 2 else 1, beams, slots, seed=5)
    bias[random(*bias.shape, seed=6) > 1.0] = -torch.inf
    bias[..., slots - beams :] = 0
    if not bias_heads:
        bias = bias.new_empty(0, 0, 0, 0)

    ended = torch.arange(longest)[None] >= torch.tensor(lengths)[:, None]
    padding = torch.zeros(ended.shape).masked_fill_(ended, -torch.inf)[:, None, None]
    memories: list[Any] = (
        [(*(part[:documents, :, :longest] for part in read), padding)] if longest else []
    )
    if slots:
        stored = [part[:documents, :, :slots].clone() for part in own]
        for part, new in zip(stored, (key, value), strict=True):
            part[:, :, slots - beams :] = new.transpose(1, 2)
        memories.append((*stored, bias if bias_heads else None))
    expected = attend(query.transpose(1, 2), *memories)

    out = torch.full((rows, heads * size), torch.nan)
    attend_fused(
        qkv.numpy(),
        out.numpy(),
        beams,
        read[0].numpy(),
        read[1].numpy(),
        np.array(lengths),
        own[0].numpy(),
        own[1].numpy(),
        slots,
        bias.numpy(),
    )
    torch.testing.assert_close(out, expected, rtol=1e-5, atol=1e-5)
    if slots:
        for part, new in zip(own, stored, strict=True):
            assert torch.equal(part[:documents, :, :slots], new)


def test_weights_are_those_of_softmax_whatever_the_scores() -> None:
    some = torch.tensor([-torch.inf, -1e4, -90.0, -86.0, -20.0, -1.0, 0.0, 3e-3, 5.0, 60.0, 80.0])
    for scores in (some, some[:-2], some[:7], some * 1e6):
        slots = len(scores)
        out = torch.empty(1, slots)
        nothing_read = np.empty((1, 1, 0, slots), np.float32)
        one = np.zeros((1, 1, slots, slots), np.float32)
        query = np.zeros((1, 3 * slots), np.float32)
        values = np.eye(slots, dtype=np.float32)[None, None].copy()
        query[0, 3 * slots - 1] = 1  # the newest value, which is stored
        bias = scores.view(1, 1, 1, slots).contiguous().numpy()
        attend_fused(
            query,
            out.numpy(),
            1,
            nothing_read,
            nothing_read,
            np.zeros(1, np.int64),
            one,
            values,
            slots,
            bias,
        )
        torch.testing.assert_close(out[0], scores.softmax(0), rtol=1e-5, atol=1e-37)


@pytest.mark.parametrize("beams", [1, 4])
@pytest.mark.parametrize("family", ["bart", "marian", "t5", "gpt2", "llama"])
def test_texts_are_the_same_both_ways(
    family: str, beams: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = []
    for fused in (True, False):
        way_of(monkeypatch, fused)
        if family in causal_models.MODELS:
            model = causal_models.build_model(family)
            settings = causal_models.settings_of(ENDS, num_beams=beams)
            decoder = causal_models.decoder_of(model, settings)
            texts.append(decoder.decode(prompts_of(12), nothing))
        else:
            model = build_model(family)
            settings = settings_of(
                model, ENDS, num_beams=beams, max_length=60, no_repeat_ngram_size=1
            )
            decoder = decoder_of(model, settings)
            texts.append(decoder.decode(sources_of(12, model.config.eos_token_id), nothing))
    assert texts[0] == texts[1]
    assert len({len(text) for text in texts[0]}) > 1


@pytest.mark.parametrize("beams", [1, 4])
@pytest.mark.parametrize("family", ["marian", "t5"])
def test_the_way_may_change_from_step_to_step(
    family: str, beams: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = build_model(family)
    settings = settings_of(model, ENDS, num_beams=beams, max_length=60, no_repeat_ngram_size=1)
    sources = sources_of(12, model.config.eos_token_id)
    expected = decoder_of(model, settings).decode(sources, nothing)
    ways = cycle([True, False, False])
    monkeypatch.setattr(step, "fuses", lambda device, dtype: next(ways))
    assert decoder_of(model, settings).decode(sources, nothing) == expected
