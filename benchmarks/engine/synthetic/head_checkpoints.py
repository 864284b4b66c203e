"""Checkpoints of heads that share an encoder, with made-up weights."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from transformers import BertConfig, BertForSequenceClassification, BertForTokenClassification

from benchmarks.engine.synthetic.shapes import Shape
from benchmarks.engine.synthetic.tokenizers import write_tokenizer

#: Classes of each head; that for entities is the one that says something of every token.
HEADS = {"sentiment": 3, "entities": 9, "intent": 60, "urgency": 3}
ENCODER = "encoder"
_LABELS = {
    "sentiment": ("negative", "neutral", "positive"),
    "entities": (
        "O",
        *(f"{part}-{kind}" for kind in ("PER", "ORG", "LOC", "MISC") for part in "BI"),
    ),
}
#: Standard deviation of weights: more than the usual 0.02, so that texts differ in logits.
_SPREAD = 0.04


def make_heads(root: Path, shape: Shape) -> dict[str, Path]:
    """Write the folders of an encoder and its heads; returns them by their names.

    Args:
        root: Folder of the folders.
        shape: Of the encoder.
    """
    torch.manual_seed(17)
    folders = {name: root / name for name in (ENCODER, *HEADS)}
    tokenizer = root / "tokenizer"
    tokenizer.mkdir()
    write_tokenizer(tokenizer, shape)
    shared: dict[str, Any] = {}
    for name in HEADS:
        model = _model(name, shape)
        prefix = f"{model.base_model_prefix}."
        own = {
            key: weight.contiguous()
            for key, weight in model.state_dict().items()
            if not key.startswith(prefix) or ".pooler." in key
        }
        if not shared:
            shared = {
                key.removeprefix(prefix): weight.contiguous()
                for key, weight in model.state_dict().items()
                if key not in own
            }
            _write(folders[ENCODER], model.config, shared)
        _write(folders[name], model.config, own)
        # One that is made once more is another.
        shutil.copytree(tokenizer, folders[name], dirs_exist_ok=True)
        _refer(folders[name], folders[ENCODER])
    return folders


def _model(name: str, shape: Shape) -> Any:
    labels = _LABELS.get(name) or [f"{name} {number}" for number in range(HEADS[name])]
    config = BertConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.width,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.hidden,
        max_position_embeddings=shape.window,
        initializer_range=_SPREAD,
        id2label=dict(enumerate(labels)),
        label2id={label: number for number, label in enumerate(labels)},
    )
    kind = BertForTokenClassification if name == "entities" else BertForSequenceClassification
    return kind(config).eval()


def _write(folder: Path, config: BertConfig, weights: dict[str, Any]) -> None:
    folder.mkdir(parents=True)
    config.save_pretrained(folder)
    if folder.name == ENCODER:
        # It has no labels: those are the heads'.
        written = json.loads((folder / "config.json").read_text("utf-8"))
        del written["id2label"], written["label2id"]
        (folder / "config.json").write_text(json.dumps(written), "utf-8")
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def _refer(head: Path, encoder: Path) -> None:
    sha256 = hashlib.sha256((encoder / "model.safetensors").read_bytes()).hexdigest()
    reference = {"encoder": f"../{encoder.name}", "sha256": sha256}
    (head / "encoder.json").write_text(json.dumps(reference), "utf-8")
