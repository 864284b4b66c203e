"""Decoder-only models that the decoding loop does not take, and what becomes of them."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tests.support.causal_models import (
    ENDS,
    build_model,
    decoder_of,
    gpt2,
    llama,
    mistral,
    nothing,
    prompts_of,
    qwen2,
    settings_of,
)
from tests.support.written import generated
from workers.decoding import TransformersDecoder, convert
from workers.errors import UnsupportedModelError

pytestmark = pytest.mark.long


class _Other(torch.nn.Linear):
    """As quantised layers, and those with adapters, have a class of their own."""


def _with_other(model: Any, parent: str, name: str) -> Any:
    module = model.get_submodule(parent)
    setattr(module, name, _Other(32, 32))
    return model


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (lambda: gpt2(scale_attn_by_inverse_layer_idx=True), "scale_attn_by_inverse_layer_idx"),
        (lambda: gpt2(reorder_and_upcast_attn=True), "reorder_and_upcast_attn"),
        (lambda: gpt2(add_cross_attention=True), "add_cross_attention"),
        (lambda: gpt2(is_causal=False), "is_causal"),
        (lambda: gpt2(activation_function="mish"), "mish"),
        (lambda: _with_other(gpt2(), "transformer.h.0.attn", "c_proj"), "a _Other"),
        (lambda: _with_other(llama(), "model.layers.1.self_attn", "q_proj"), "a _Other"),
        (lambda: _with_other(llama(), "model.layers.1.mlp", "up_proj"), "a _Other"),
        (lambda: _with_other(llama(), "model", "norm"), "a _Other in the place of a LlamaRMSNorm"),
        (lambda: _with_other(llama(), "", "lm_head"), "a _Other"),
        (
            lambda: llama(rope_parameters={"rope_type": "dynamic", "factor": 2.0}),
            "rope_type = 'dynamic'",
        ),
        (lambda: llama(is_causal=False), "is_causal"),
        (lambda: mistral(sliding_window=20), "sliding_window = 20"),
        (
            lambda: qwen2(use_sliding_window=True, sliding_window=20, max_window_layers=1),
            "sliding_window = 20",
        ),
    ],
)
def test_a_configuration_that_is_not_computed_is_named(model: Any, reason: str) -> None:
    with pytest.raises(UnsupportedModelError, match=reason):
        convert(model(), "fp32")


def test_another_head_on_the_same_body_is_refused() -> None:
    class WithMore(type(llama())):  # type: ignore[misc]
        pass

    with pytest.raises(UnsupportedModelError, match="a WithMore"):
        convert(WithMore(llama().config), "fp32")


@pytest.mark.parametrize(
    "asked",
    [
        {"do_sample": True},
        {"encoder_repetition_penalty": 2.0},
        {"guidance_scale": 2.0},
        {"num_return_sequences": 2, "num_beams": 2},
        {"max_new_tokens": None},
    ],
)
def test_what_the_loop_lacks_is_named(asked: dict[str, Any]) -> None:
    name = "max_length" if "max_new_tokens" in asked else next(iter(asked))
    with pytest.raises(UnsupportedModelError, match=name):
        decoder_of(build_model("gpt2"), settings_of(**asked))


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"max_new_tokens": None, "max_length": 70},
        {"no_repeat_ngram_size": 2},
        {"min_length": 15, "num_beams": 3},
        {"repetition_penalty": 1.3},
    ],
)
@pytest.mark.parametrize("family", ["gpt2", "llama"])
def test_generate_serves_what_the_loop_lacks(family: str, asked: dict[str, Any]) -> None:
    model = build_model(family)
    settings = settings_of(ENDS, suppress_tokens=[60, 61], **asked)
    prompts = prompts_of(12)
    expected = [generated(model, settings, prompt) for prompt in prompts]
    texts = TransformersDecoder(model, settings, 100).decode(prompts, nothing)
    for text, alone in zip(texts, expected, strict=True):
        assert text[: len(alone)] == alone
        assert set(text[len(alone) :]) <= {1}
