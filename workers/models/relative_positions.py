"""Relative positions of BERT and its kin (Shaw et al. 2018, Huang et al. 2020), which Transformers
gave up with version 5: the tables that checkpoints have of them.

A layer has one row for each distance of two tokens, and adds its product with the query, and with
`relative_key_query` also that with the key, to the score.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from safetensors import safe_open
from torch import Tensor, nn

from workers.models.checkpoint_files import weight_files
from workers.models.configuration import RELATIVE

_SUFFIX = ".distance_embedding.weight"


def is_relative(model: Any) -> bool:
    """Whether a model has such positions, which only the packed path computes."""
    return getattr(model.config, "position_embedding_type", None) in RELATIVE


def add_distances(model: Any, folder: Path) -> list[str]:
    """Give each attention of a model the table that its checkpoint has of distances.

    Returns:
        The names of tables that the checkpoint lacks.
    """
    if not is_relative(model):
        return []
    stored = dict(_tables(folder))
    prefix = f"{model.base_model_prefix}."
    lacking = []
    for name, module in model.named_modules():
        if not name.endswith(".attention.self"):
            continue
        table = stored.get(name, stored.get(name.removeprefix(prefix)))
        if table is None:
            lacking.append(name + _SUFFIX)
        else:
            embedding = nn.Embedding(table.shape[0], table.shape[1], dtype=model.dtype)
            embedding.weight = nn.Parameter(table.to(model.dtype), requires_grad=False)
            module.distance_embedding = embedding
    return lacking


def _tables(folder: Path) -> Iterator[tuple[str, Tensor]]:
    for file in weight_files(folder):
        with safe_open(file, "pt") as weights:
            for name in weights.keys():  # noqa: SIM118 (no dict)
                if name.endswith(_SUFFIX):
                    yield name.removesuffix(_SUFFIX), weights.get_tensor(name)
