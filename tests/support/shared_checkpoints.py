"""Tiny random heads on one encoder, and the same models as whole checkpoints."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copy, copytree
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from recipes.encoder.base import SPECIAL, unigram_tokenizer
from recipes.encoder.export import ENCODER, HEADS, REFERENCE, WEIGHTS, Storage, export
from recipes.encoder.model import JointModel

#: Positions: what is longer is read in windows.
WINDOW = 48
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,!?'-:/()&"


def build_heads(
    root: Path, *, storage: Storage = "int8", seed: int = 5, **config: Any
) -> dict[str, Path]:
    """A folder for the encoder and one for each head, by their names.

    Args:
        root: Folder of the folders.
        storage: Of the encoder.
        seed: Another one, other weights.
        config: Overrides that of the encoder.
    """
    encoder, tokenizer = tiny_encoder(seed, **config)
    model = JointModel(encoder)
    for weight in model.parameters():
        # So large that labels vary from token to token, which what is added alike would hide.
        if weight.dim() > 1:
            torch.nn.init.normal_(weight, std=0.3)
    export(model, tokenizer, root, storage)
    return {name: root / name for name in (ENCODER, *(head.folder for head in HEADS))}


def tiny_encoder(seed: int = 5, **config: Any) -> tuple[BertModel, PreTrainedTokenizerFast]:
    """A random encoder and its tokenizer; `config` overrides its sizes."""
    torch.manual_seed(seed)
    pieces = [(piece, 0.0) for piece in SPECIAL]
    pieces += [(letter, -4.0) for letter in ("▁", *_LETTERS)]
    pieces += [(word, -6.0) for word in ("▁the", "▁parcel", "▁broken", "▁Berlin", "ing", "er")]
    settings = {
        "vocab_size": len(pieces),
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 64,
        "max_position_embeddings": WINDOW,
        "pad_token_id": 1,
        "initializer_range": 0.2,
    }
    encoder = BertModel(BertConfig(**(settings | config)), add_pooling_layer=False)
    tokenizer = unigram_tokenizer(pieces)
    tokenizer.model_max_length = WINDOW
    return encoder, tokenizer


def tiny_joint_model(pieces: int) -> JointModel:
    """A random model of one layer and eight positions, for so many pieces; always the same."""
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=pieces,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=8,
        pad_token_id=1,
    )
    return JointModel(BertModel(config, add_pooling_layer=False))


def whole(head: Path, target: Path) -> Path:
    """The same model as a checkpoint that needs no other folder: in float32, all in one file."""
    copytree(head, target)
    (target / REFERENCE).unlink()
    copy_tokenizer(head, target)
    stored = load_file(head.parent / ENCODER / WEIGHTS)
    weights = load_file(head / WEIGHTS)
    for name, weight in stored.items():
        if not name.endswith(".scale"):
            scale = stored.get(f"{name}.scale")
            weights[f"bert.{name}"] = (
                weight.float() if scale is None else weight.float() * scale[:, None]
            )
    save_file(weights, target / WEIGHTS, metadata={"format": "pt"})
    return target


def copy_tokenizer(head: Path, target: Path) -> None:
    """Give a folder a tokenizer of its own: that of a head's encoder."""
    for name in ("tokenizer.json", "tokenizer_config.json"):
        copy(head.parent / ENCODER / name, target)


def edit(file: Path, **changes: Any) -> None:
    """Change fields of a JSON file."""
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | changes), "utf-8")
