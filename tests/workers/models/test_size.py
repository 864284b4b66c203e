"""The bytes of a model: every tensor once, wherever it hides."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from safetensors import safe_open

from schema.catalog import CatalogEntry
from tests.support.checkpoints import build_translation
from workers.generation.model import Seq2SeqModel
from workers.layers.linear import Linear
from workers.models.registry import ModelRegistry
from workers.models.size import tensor_bytes


@dataclass(slots=True)
class Slots:
    content: Any

    def method(self) -> None: ...


def test_tensors_are_found_wherever_they_are() -> None:
    one = torch.zeros(10)
    assert tensor_bytes(one) == 40
    assert tensor_bytes([one, one, one[2:], {"same": (one,)}]) == 40
    assert tensor_bytes(Slots([one, np.zeros(3), Slots(torch.zeros(5, dtype=torch.int8))])) == 69
    assert tensor_bytes([one, one.numpy(), one[:2].numpy()]) == 40
    assert tensor_bytes([one[:2].numpy(), one]) == 40
    assert tensor_bytes(lambda: one) == tensor_bytes(partial(print, one)) == 40
    assert tensor_bytes(torch.nn.BatchNorm1d(8)) == 4 * 8 * 4 + 8
    assert tensor_bytes(torch.nn.Linear(4, 4, device="meta")) == 0
    assert tensor_bytes(Slots(one).method) == 40


@pytest.mark.parametrize(("precision", "bytes_of_weight"), [("fp32", 4), ("bf16", 2), ("int8", 1)])
def test_packed_layers_count(precision: Any, bytes_of_weight: int) -> None:
    layer = Linear(torch.randn(64, 32), torch.zeros(64), precision)
    weights = 64 * 32 * bytes_of_weight
    # Besides the bias and, in int8, the scale, the zeros and the sum of each output.
    assert weights <= tensor_bytes(layer) <= weights + 64 * 20


def test_a_model_that_writes_takes_what_its_checkpoint_does(tmp_path: Any) -> None:
    models = ModelRegistry()
    folder = build_translation(tmp_path)
    Seq2SeqModel(CatalogEntry(model=str(folder)), "cpu", models)
    with safe_open(str(folder / "model.safetensors"), "pt") as weights:
        read = sum(weights.get_tensor(name).nbytes for name in weights.keys())  # noqa: SIM118
    (loaded,) = models.loaded()
    assert loaded.name == str(folder)
    assert 0.9 * read < loaded.bytes < 1.5 * read
