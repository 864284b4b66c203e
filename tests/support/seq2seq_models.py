"""Tiny random models of each family that the decoding loop takes apart, and what they write."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import torch
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    GenerationConfig,
    M2M100Config,
    M2M100ForConditionalGeneration,
    MarianConfig,
    MarianMTModel,
    MBartConfig,
    MBartForConditionalGeneration,
    MT5Config,
    MT5ForConditionalGeneration,
    PegasusConfig,
    PegasusForConditionalGeneration,
    T5Config,
    T5ForConditionalGeneration,
)

from workers.decoding import Decoder, convert

CPU = torch.device("cpu")
VOCABULARY = 150
POSITIONS = 96
#: Tokens of the second language, where each has a vocabulary.
FEWER = 100

_BART: dict[str, Any] = {
    "vocab_size": VOCABULARY,
    "d_model": 32,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 48,
    "decoder_ffn_dim": 40,
    "max_position_embeddings": POSITIONS,
}
_T5: dict[str, Any] = {
    "vocab_size": VOCABULARY,
    "d_model": 32,
    "d_kv": 12,
    "d_ff": 48,
    "num_layers": 2,
    "num_heads": 4,
    "pad_token_id": 0,
    "eos_token_id": 1,
    "decoder_start_token_id": 0,
}


def _tokens(pad: int, eos: int, start: int) -> dict[str, Any]:
    return {"pad_token_id": pad, "eos_token_id": eos, "decoder_start_token_id": start}


def _marian(**vocabularies: Any) -> Any:
    last = vocabularies.get("decoder_vocab_size", VOCABULARY) - 1
    config = MarianConfig(
        **_BART | _tokens(last, 0, last) | vocabularies,
        activation_function="swish",
        scale_embedding=True,
    )
    return MarianMTModel(config)


def _marian_of_two() -> Any:
    return _marian(decoder_vocab_size=FEWER, share_encoder_decoder_embeddings=False)


MODELS: dict[str, Callable[[], Any]] = {
    "bart": lambda: BartForConditionalGeneration(BartConfig(**_BART, **_tokens(1, 2, 2))),
    "marian": _marian,
    "marian, two vocabularies": _marian_of_two,
    "mbart": lambda: MBartForConditionalGeneration(
        MBartConfig(**_BART, **_tokens(1, 2, 3), scale_embedding=True)
    ),
    "m2m_100": lambda: M2M100ForConditionalGeneration(M2M100Config(**_BART, **_tokens(1, 2, 2))),
    "pegasus": lambda: PegasusForConditionalGeneration(PegasusConfig(**_BART, **_tokens(0, 1, 0))),
    "t5": lambda: T5ForConditionalGeneration(T5Config(**_T5)),
    "t5 1.1": lambda: T5ForConditionalGeneration(
        T5Config(**_T5 | {"feed_forward_proj": "gated-gelu", "tie_word_embeddings": False})
    ),
    "mt5": lambda: MT5ForConditionalGeneration(MT5Config(**_T5)),
}


def build_model(name: str) -> Any:
    """The same model every time, with weights large enough that texts vary."""
    torch.manual_seed(5)
    model = MODELS[name]().eval()
    enlarge(model)
    if hasattr(model, "final_logits_bias"):
        model.final_logits_bias.normal_(0, 1.0)
    return model


def enlarge(model: Any) -> None:
    """Give a model weights so large that texts vary, from torch's random numbers."""
    with torch.no_grad():
        for key, weight in model.named_parameters():
            if weight.dim() > 1:
                weight.normal_(0, 0.6 if "embed" in key or "shared" in key else 0.35)
            elif key.endswith("bias"):
                weight.normal_(0, 0.2)


def sources_of(count: int, eos: int, seed: int = 1) -> list[list[int]]:
    draw = random.Random(seed)
    lengths = [1, 2, 2, POSITIONS - 1, *(draw.randint(1, 60) for _ in range(count - 4))]
    return [
        [*(draw.randrange(5, VOCABULARY - 1) for _ in range(length - 1)), eos] for length in lengths
    ]


def decoder_of(model: Any, settings: GenerationConfig, rows: int = 16, **budget: int) -> Decoder:
    tokens = budget.get("tokens", 10_000)
    return Decoder(convert(model, "fp32"), settings, rows, tokens, CPU)
