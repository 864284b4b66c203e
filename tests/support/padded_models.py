"""Encoders of families that go through Transformers itself, tiny and random."""

from __future__ import annotations

from typing import Any

import torch
import transformers as hf

SIZES: dict[str, Any] = {
    "vocab_size": 120,
    "pad_token_id": 1,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "max_position_embeddings": 128,
}
_MOBILE: dict[str, Any] = {
    "embedding_size": 32,
    "intra_bottleneck_size": 16,
    "num_feedforward_networks": 2,
}
_FUNNEL: dict[str, Any] = {
    "d_model": 32,
    "n_head": 4,
    "d_head": 8,
    "d_inner": 64,
    "block_sizes": [1, 1],
}
#: By family, the prefix of its classes and its configuration.
FAMILIES: dict[str, tuple[str, Any]] = {
    "bart": (
        "Bart",
        lambda: hf.BartConfig(
            vocab_size=120,
            d_model=32,
            encoder_layers=2,
            decoder_layers=2,
            encoder_ffn_dim=64,
            decoder_ffn_dim=64,
            encoder_attention_heads=4,
            decoder_attention_heads=4,
            eos_token_id=2,
            pad_token_id=1,
            max_position_embeddings=128,
        ),
    ),
    "big_bird": ("BigBird", lambda: hf.BigBirdConfig(**SIZES, block_size=4, num_random_blocks=1)),
    "convbert": ("ConvBert", lambda: hf.ConvBertConfig(**SIZES, embedding_size=32)),
    "deberta": (
        "Deberta",
        lambda: hf.DebertaConfig(**SIZES, relative_attention=True, pos_att_type=["c2p", "p2c"]),
    ),
    "fnet": ("FNet", lambda: hf.FNetConfig(**SIZES)),
    "funnel": ("Funnel", lambda: hf.FunnelConfig(vocab_size=120, pad_token_id=1, **_FUNNEL)),
    "mobilebert": ("MobileBert", lambda: hf.MobileBertConfig(**SIZES, **_MOBILE)),
    "rembert": ("RemBert", lambda: hf.RemBertConfig(**SIZES, input_embedding_size=16)),
    "squeezebert": ("SqueezeBert", lambda: hf.SqueezeBertConfig(**SIZES, embedding_size=32)),
    "xlnet": (
        "XLNet",
        lambda: hf.XLNetConfig(
            vocab_size=120, pad_token_id=1, d_model=32, n_layer=2, n_head=4, d_inner=64
        ),
    ),
}


def padded_model(family: str, head: str = "SequenceClassification", **changes: Any) -> Any:
    """A model of a family, with weights so large that its logits vary from row to row; `changes`
    override its configuration.
    """
    prefix, make = FAMILIES[family]
    torch.manual_seed(20)
    config = make()
    config.update(changes)
    model = getattr(hf, f"{prefix}For{head}")(config).eval()
    draw = torch.Generator().manual_seed(21)
    with torch.no_grad():
        for weight in model.parameters():
            weight += torch.randn(weight.shape, generator=draw) * (0.2 if weight.ndim > 1 else 0.1)
    return model
