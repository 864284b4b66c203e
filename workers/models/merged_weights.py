"""The weights of a model that is a head on a shared encoder: both files as one.

Weights may be stored smaller than they are computed with: a matrix in int8, with the scale of each
of its rows beside it as `<name>.scale`, or any weight in half precision. All come as float32.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from workers.models.checkpoint_files import weight_files
from workers.models.shared_encoder import SharedEncoder

_SCALE = ".scale"


def merged_weights(folder: Path, encoder: SharedEncoder, prefix: str) -> dict[str, Tensor]:
    """All weights of a head's model by the names of Transformers, in float32.

    Args:
        folder: Of the head.
        encoder: That it stands on.
        prefix: What the class of the model puts before the names of its encoder, as `bert`.

    Raises:
        ValueError: If the head's file has weights of the encoder as well: that would be another.
    """
    shared = {f"{prefix}.{name}": weight for name, weight in stored_weights(encoder.weights)}
    own: dict[str, Tensor] = {}
    for file in weight_files(folder):
        own.update(stored_weights(file))
    if both := sorted(shared.keys() & own.keys()):
        raise ValueError(f"{both[0]} is in the head's file too, and belongs to the encoder")
    return shared | own


def stored_weights(file: Path) -> list[tuple[str, Tensor]]:
    """The weights of a safetensors file by their names, as float32.

    Raises:
        ValueError: If a weight of whole numbers has no scale.
    """
    stored = load_file(file)
    return [
        (name, _restored(name, weight, stored))
        for name, weight in stored.items()
        if not name.endswith(_SCALE)
    ]


def _restored(name: str, weight: Tensor, stored: dict[str, Tensor]) -> Tensor:
    if weight.is_floating_point():
        return weight.to(torch.float32)
    scale = stored.get(name + _SCALE)
    if weight.dtype != torch.int8 or scale is None or scale.shape != weight.shape[:1]:
        raise ValueError(f"{name} is stored in {weight.dtype} without the scale of each row")
    return weight.to(torch.float32).mul_(scale.to(torch.float32).unsqueeze(1))
