"""What a folder of sentence-transformers says of the way from hidden states to a vector."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import nn

_MODULES = (
    ("", "Transformer"),
    ("1_Pooling", "Pooling"),
    ("2_Dense", "Dense"),
    ("3_Normalize", "Normalize"),
)


def write_modules(folder: Path, dense: nn.Linear) -> None:
    """Write the mean over tokens, a linear layer, and length 1, in the layout of
    sentence-transformers.

    Args:
        folder: Of the checkpoint.
        dense: From the mean to the vector.
    """
    modules = [
        {
            "idx": number,
            "name": str(number),
            "path": path,
            "type": f"sentence_transformers.models.{kind}",
        }
        for number, (path, kind) in enumerate(_MODULES)
    ]
    _write(folder / "modules.json", modules)
    pooling = {"word_embedding_dimension": dense.in_features, "pooling_mode_mean_tokens": True}
    _write(folder / "1_Pooling" / "config.json", pooling)
    layer = {
        "in_features": dense.in_features,
        "out_features": dense.out_features,
        "bias": True,
        "activation_function": "torch.nn.modules.linear.Identity",
    }
    _write(folder / "2_Dense" / "config.json", layer)
    weights = folder / "2_Dense" / "model.safetensors"
    state = {
        f"linear.{name}": weight.detach().to(torch.float32).clone()
        for name, weight in dense.state_dict().items()
    }
    save_file(state, weights, metadata={"format": "pt"})
    weights.chmod(0o644)  # safetensors writes it for the owner alone


def _write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n", "utf-8")
