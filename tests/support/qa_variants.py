"""Checkpoints for question answering: the usual DistilBERT, and a BERT that takes token types."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from safetensors.torch import load_file, save_file

from tests.support.checkpoints import build_entities, build_qa


def _bert(folder: Path) -> Path:
    """The encoder of the tagger with two of its outputs, as start and end."""
    build_entities(folder)
    weights = load_file(folder / "model.safetensors")
    for part in ("weight", "bias"):
        weights[f"qa_outputs.{part}"] = weights.pop(f"classifier.{part}")[:2].clone()
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((folder / "config.json").read_text("utf-8"))
    config["architectures"] = ["BertForQuestionAnswering"]
    del config["id2label"], config["label2id"]
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    return folder


QA: dict[str, Callable[[Path], Path]] = {"distilbert": build_qa, "bert": _bert}
