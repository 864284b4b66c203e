"""Tiny random models of each decoder-only family that the decoding loop takes apart, their prompts,
and what `generate` says.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import torch
from transformers import (
    GenerationConfig,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
)

from workers.decoding import Decoder, convert

VOCABULARY = 150
POSITIONS = 96
EOS = 3
CPU = torch.device("cpu")
#: Several tokens that end a text, so that lengths vary.
ENDS = [8, 12, 20, 30, 44, 50]
NEW = {"max_new_tokens": 20}

_TOKENS = {"vocab_size": VOCABULARY, "eos_token_id": EOS, "bos_token_id": 2, "pad_token_id": 1}
_GPT2 = _TOKENS | {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_inner": 40, "n_positions": POSITIONS}
_LLAMA = _TOKENS | {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 40,
    "max_position_embeddings": POSITIONS,
}
_BASE = {"rope_theta": 100.0}
_LLAMA3 = _BASE | {
    "rope_type": "llama3",
    "factor": 4.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 24,
}
_YARN = _BASE | {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 24}


def gpt2(**changes: Any) -> Any:
    return GPT2LMHeadModel(GPT2Config(**_GPT2 | changes))


def llama(**changes: Any) -> Any:
    return LlamaForCausalLM(LlamaConfig(**_LLAMA | {"rope_parameters": dict(_BASE)} | changes))


def mistral(**changes: Any) -> Any:
    return MistralForCausalLM(MistralConfig(**_LLAMA | {"sliding_window": None} | changes))


def qwen2(**changes: Any) -> Any:
    return Qwen2ForCausalLM(Qwen2Config(**_LLAMA | changes))


MODELS: dict[str, Callable[[], Any]] = {
    "gpt2": gpt2,
    "gpt2, unscaled": lambda: gpt2(scale_attn_weights=False, activation_function="relu"),
    "llama": llama,
    "llama, all heads apart": lambda: llama(num_key_value_heads=4, tie_word_embeddings=True),
    "llama, one key head": lambda: llama(num_key_value_heads=1, attention_bias=True, mlp_bias=True),
    "llama, wide heads": lambda: llama(head_dim=12),
    "llama, llama3": lambda: llama(rope_parameters=dict(_LLAMA3)),
    "llama, linear": lambda: llama(rope_parameters=_BASE | {"rope_type": "linear", "factor": 3.0}),
    "llama, yarn": lambda: llama(rope_parameters=dict(_YARN)),
    "mistral": mistral,
    "mistral, wide window": lambda: mistral(sliding_window=POSITIONS),
    "qwen2": qwen2,
}


def settled(model: Any) -> Any:
    """The same model every time, with weights large enough that texts vary."""
    draw = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for key, weight in model.eval().named_parameters():
            if weight.dim() > 1:
                spread = 0.6 if "embed" in key or "wte" in key or "lm_head" in key else 0.35
                weight.normal_(0, spread, generator=draw)
            elif key.endswith("bias"):
                weight.normal_(0, 0.2, generator=draw)
    return model


def build_model(name: str) -> Any:
    return settled(MODELS[name]())


def settings_of(ends: list[int] | None = None, **search: Any) -> GenerationConfig:
    common: dict[str, Any] = {"pad_token_id": 1, "do_sample": False, "num_beams": 1} | NEW
    return GenerationConfig(**common | {"eos_token_id": [EOS, *(ends or [])]} | search)


def prompts_of(count: int, seed: int = 1, longest: int = 60) -> list[list[int]]:
    """Some of a single token, some of one length, none longer than leaves room."""
    draw = random.Random(seed)
    lengths = [1, 1, 2, 3, longest, *(draw.randint(1, longest) for _ in range(count - 5))]
    return [[draw.randrange(5, VOCABULARY) for _ in range(length)] for length in lengths]


def decoder_of(model: Any, settings: GenerationConfig, rows: int = 16, **budget: int) -> Decoder:
    tokens = budget.get("tokens", 10_000)
    return Decoder(convert(model, "fp32"), settings, rows, tokens, CPU)


def nothing() -> None: ...
