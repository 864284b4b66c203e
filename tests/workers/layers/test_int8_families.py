"""Weights of every family that is taken apart, as they really come: each library multiplies them as
integers are multiplied.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.support import causal_models, packed_models, seq2seq_models
from tests.support.byte_weights import rows_of, sound_kinds
from workers.decoding import convert
from workers.encoders.conversion import pack
from workers.layers import quantization
from workers.layers.int8_matmul import byte_product

pytestmark = pytest.mark.slow


def writers(build: Callable[[str], Any], names: Any) -> dict[str, Callable[[], Any]]:
    return {name: lambda name=name: convert(build(name), "int8") for name in names}  # type: ignore[misc]


def packed(name: str) -> Any:
    return pack(packed_models.model_of(name, "TokenClassification"), "int8", False)


FAMILIES: dict[str, Callable[[], Any]] = {
    **writers(causal_models.build_model, causal_models.MODELS),
    **writers(seq2seq_models.build_model, seq2seq_models.MODELS),
    **{name: lambda name=name: packed(name) for name in packed_models.CONFIGS},  # type: ignore[misc]
}


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Tensor, Tensor]]:
    """Bytes and scales that were laid out."""
    weights: list[tuple[Tensor, Tensor]] = []

    def noted(quantised: Tensor, scale: Tensor, **hints: bool) -> Any:
        weights.append((quantised, scale))
        return byte_product(quantised, scale, **hints)

    monkeypatch.setattr(quantization, "byte_product", noted)
    return weights


@pytest.mark.parametrize("family", FAMILIES)
def test_each_library_multiplies_a_familys_weights_rightly(
    family: str, seen: list[tuple[Tensor, Tensor]]
) -> None:
    pieces = FAMILIES[family]()
    if hasattr(pieces, "head"):
        pieces.head.lay_out(greedy=False)
    assert len(seen) > 3
    for quantised, scale in seen:
        for kind in sound_kinds():
            product = kind(quantised, torch.ones_like(scale))
            rows = rows_of(product.levels, 5, quantised.shape[1])
            assert torch.equal(product(rows), (rows.long() @ quantised.long().T).float())
