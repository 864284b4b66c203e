"""Model cards of the shared encoder and its heads: what follows from the files themselves.

What a head scores, what it learned from and under which licence it may be used is written by hand
into the same `README.md`, which an export keeps.
"""

from __future__ import annotations

from collections.abc import Sequence

from transformers import BertConfig

_ENCODER = """\
---
library_name: transformers
---

# Pocket encoder

The encoder that the built-in analyses share. Each of their folders holds a head, and the hash of
these weights in `encoder.json`.

- **Architecture**: `BertModel`: {layers} layers, width {width}, feed-forward {inner},
  {heads} heads, {positions} positions, {pieces:,} pieces.
- **Stored**: {storage}.
- **Weights**: sha256 `{sha256}`.
- **Made by**: `python -m recipes.encoder.train`, then `python -m recipes.encoder.export`.
"""
_STORAGE = {
    "int8": "matrices in 8 bits, each with the scale of every row beside it as `<name>.scale`; all "
    "else in float32",
    "fp16": "in half precision",
}
_HEAD = """\
---
library_name: transformers
---

# Pocket {name}

A head on the encoder in [../encoder](../encoder/README.md), whose weights it takes: `encoder.json`
names them by their hash.

- **Architecture**: `{architecture}`.{labels}
- **Made by**: `python -m recipes.encoder.train`, then `python -m recipes.encoder.export`.
"""


def encoder_card(config: BertConfig, storage: str, sha256: str) -> str:
    """The card of the encoder's folder.

    Args:
        config: Its sizes.
        storage: `int8` or `fp16`.
        sha256: Of the file of weights.
    """
    return _ENCODER.format(
        layers=config.num_hidden_layers,
        width=config.hidden_size,
        inner=config.intermediate_size,
        heads=config.num_attention_heads,
        positions=config.max_position_embeddings,
        pieces=config.vocab_size,
        storage=_STORAGE[storage],
        sha256=sha256,
    )


def head_card(name: str, architecture: str, labels: Sequence[str]) -> str:
    """The card of a head's folder; labels are given in the order of their numbers, if any."""
    named = ", ".join(f"`{label}` ({number})" for number, label in enumerate(labels))
    line = f"\n- **Labels**: {named}." if named else ""
    return _HEAD.format(name=name, architecture=architecture, labels=line)
