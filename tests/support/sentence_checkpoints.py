"""Tiny checkpoints of sentence-transformers: an encoder, its pooling, a linear layer behind it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
import transformers as hf
from safetensors.torch import save_file

from tests.support.checkpoints import WINDOW, build_entities
from tests.support.shapes import DIM
from tests.support.vocabularies import word_pieces

OUTPUTS = 24


def build_sentence_bert(folder: Path) -> Path:
    """BERT without a head, and nothing beside it."""
    build_entities(folder)
    torch.manual_seed(3)
    config = hf.BertConfig.from_pretrained(folder, architectures=["BertModel"])
    model = hf.BertModel(config, add_pooling_layer=False)
    for weight in model.parameters():
        # So large that what is said differs from text to text.
        if weight.dim() > 1:
            torch.nn.init.normal_(weight, std=0.3)
    model.save_pretrained(folder)
    return folder


def build_sentence_linear(folder: Path) -> Path:
    """The same with a linear layer behind its mean, as sentence-transformers lists its modules."""
    add_dense(add_pooling(build_sentence_bert(folder), mean_tokens=True))
    return add_modules(folder, "Pooling", "Dense", "Normalize")


def build_sentence_electra(folder: Path) -> Path:
    """A model with an activation that is not packed."""
    build_entities(folder)
    (folder / "model.safetensors").unlink()
    torch.manual_seed(3)
    config = hf.ElectraConfig(
        vocab_size=len(word_pieces(cased=True)),
        hidden_size=DIM,
        embedding_size=16,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=WINDOW,
        initializer_range=0.3,
        hidden_act="quick_gelu",
    )
    hf.ElectraModel(config).save_pretrained(folder)
    return folder


def add_pooling(folder: Path, **modes: Any) -> Path:
    """Say how vectors are pooled; `cls=True`, say."""
    switches = {f"pooling_mode_{mode}": on for mode, on in modes.items()}
    write(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": DIM} | switches)
    return folder


def add_dense(folder: Path, function: str = "Identity", **config: Any) -> Path:
    """A linear layer of random weights behind the pooling."""
    module = folder / "2_Dense"
    settings = {
        "in_features": DIM,
        "out_features": OUTPUTS,
        "bias": True,
        "activation_function": f"torch.nn.modules.linear.{function}",
    }
    write(module / "config.json", settings | config)
    generator = torch.Generator().manual_seed(7)
    weights = {
        "linear.weight": torch.randn(OUTPUTS, DIM, generator=generator),
        "linear.bias": torch.randn(OUTPUTS, generator=generator),
    }
    save_file(weights, module / "model.safetensors", metadata={"format": "pt"})
    return folder


def add_modules(folder: Path, *kinds: str) -> Path:
    """A list of modules, as sentence-transformers writes it: `Pooling`, `Dense`, …"""
    modules = [
        {
            "idx": number,
            "name": str(number),
            "path": "" if kind == "Transformer" else f"{number}_{kind}",
            "type": f"sentence_transformers.models.{kind}",
        }
        for number, kind in enumerate(["Transformer", *kinds])
    ]
    write(folder / "modules.json", modules)
    return folder


def write(file: Path, content: Any) -> None:
    """A JSON file in a folder that may not be there yet."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content), "utf-8")
