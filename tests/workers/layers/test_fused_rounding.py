"""Rows that are rounded in one pass: what comes out is what torch's own operations give."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.support import causal_models, seq2seq_models
from tests.support.byte_weights import sound_kinds
from workers.decoding import convert
from workers.layers import int8_matmul, quantization
from workers.layers.int8_kernels import Int8Matmul, OneDnnProduct, PairedFbgemmProduct
from workers.layers.int8_matmul import byte_product, cpu_kinds, vnni_kinds
from workers.layers.quantization import Int8Weight, fused_rounding

pytest.importorskip("numba", reason="Numba is not there for this Python")

pytestmark = pytest.mark.slow

KINDS: dict[str, type[Int8Matmul]] = {kind.name: kind for kind in sound_kinds()}


def drawn(*size: int, seed: int = 1) -> Tensor:
    return torch.randn(*size, generator=torch.Generator().manual_seed(seed))


def rows_of(count: int, inputs: int) -> Tensor:
    """Large and small, around zero and far from it, of one sign, all equal, and zeros."""
    rows = drawn(count, inputs, seed=2) * torch.logspace(-6, 6, count)[:, None]
    rows[1::5] += 1e3
    rows[2::5] = rows[2::5].abs()
    rows[3::7], rows[4::9] = -7.25, 0.0
    return rows


def by_torch(layer: Int8Weight, x: Tensor, monkeypatch: pytest.MonkeyPatch) -> Tensor:
    with monkeypatch.context() as patch:
        patch.setattr(quantization, "pays", lambda device, dtype: False)
        return layer.product(x)


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
@pytest.mark.parametrize("size", [(512, 512), (2048, 512), (64, 3072), (48, 256)])
@pytest.mark.parametrize("biased", [True, False])
def test_products_are_those_of_torch_bit_for_bit(
    kind: type[Int8Matmul], size: tuple[int, int], biased: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quantization, "byte_product", lambda w, scale, **_: kind(w, scale))
    layer = Int8Weight(drawn(*size), drawn(size[0], seed=3) if biased else None)
    for count in (0, 1, 8, 64, 200):
        x = rows_of(count, size[1])
        assert torch.equal(layer.product(x), by_torch(layer, x, monkeypatch))


def test_they_are_without_vnni_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(int8_matmul, "has_vnni", lambda: False)
    layer, x = Int8Weight(drawn(512, 512), drawn(512), few_rows=True), rows_of(40, 512)
    assert type(layer._multiply._product) is PairedFbgemmProduct  # type: ignore[union-attr]
    assert torch.equal(layer.product(x), by_torch(layer, x, monkeypatch))


@pytest.mark.parametrize("inputs", [1, 5, 37, 300])
def test_widths_that_no_model_has_are_right_as_well(
    inputs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer, x = Int8Weight(drawn(33, inputs), drawn(33)), rows_of(20, inputs)
    expected = by_torch(layer, x, monkeypatch)
    error = (layer.product(x) - expected).abs().amax(1)
    assert (error <= 1e-2 * expected.abs().amax(1)).all()


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_a_row_does_not_depend_on_the_rows_beside_it(
    kind: type[Int8Matmul], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quantization, "byte_product", lambda w, scale, **_: kind(w, scale))
    layer, x = Int8Weight(drawn(96, 256), drawn(96)), rows_of(40, 256)
    alone = torch.cat([layer.product(row[None]) for row in x])
    assert torch.equal(layer.product(x), alone)
    assert torch.equal(layer.product(torch.cat([x, x], 1)[:, 256:]), alone)


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
@pytest.mark.parametrize("bad", [torch.nan, -torch.nan, torch.inf, -torch.inf])
def test_what_is_no_number_stays_none_and_in_its_row(
    kind: type[Int8Matmul], bad: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quantization, "byte_product", lambda w, scale, **_: kind(w, scale))
    layer, x = Int8Weight(drawn(96, 256), drawn(96)), drawn(5, 256, seed=4)
    before = layer.product(x)
    x[2, 130] = bad
    y = layer.product(x)
    assert not y[2].isfinite().any()
    assert torch.equal(y[[0, 1, 3, 4]], before[[0, 1, 3, 4]])


class Broken(ModuleType):
    """A module that a damaged file of Numba's makes fail."""

    def __getattr__(self, name: str) -> None:
        raise EOFError("Ran out of input")


@pytest.mark.parametrize("module", [None, Broken("workers.layers.fused_rounding")])
def test_without_numba_torch_rounds(
    module: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    layer, x = Int8Weight(drawn(64, 256), None), rows_of(9, 256)
    expected = by_torch(layer, x, monkeypatch)
    fused_rounding.cache_clear()
    with monkeypatch.context() as patch, caplog.at_level("INFO", "workers.runtime.compiled"):
        patch.setitem(sys.modules, "workers.layers.fused_rounding", module)
        assert torch.equal(Int8Weight(drawn(64, 256), None).product(x), expected)
        assert fused_rounding() is None
    fused_rounding.cache_clear()
    assert [record.getMessage()[:26] for record in caplog.records] == ["rows are rounded by torch:"]


def test_layers_of_decoders_are_laid_out_for_few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    hints: list[bool] = []

    def noted(weight: Tensor, scale: Tensor, *, few_rows: bool) -> Int8Matmul:
        hints.append(few_rows)
        return byte_product(weight, scale, few_rows=few_rows)

    monkeypatch.setattr(quantization, "byte_product", noted)
    for family in causal_models.MODELS:
        model = causal_models.build_model(family)
        hints.clear()
        convert(model, "int8")
        assert hints and all(hints), family
    for family in seq2seq_models.MODELS:
        hints.clear()
        made: Any = convert(seq2seq_models.build_model(family), "int8")
        # Keys and values of sources are made of all their tokens at once, as encoders are.
        gates = sum(layer.gate is not None for layer in made.decoder)
        assert sum(hints) == 6 * len(made.decoder) + gates, family
        assert len(hints) - sum(hints) == len(made.decoder) + (4 * len(made.encoder) + gates), (
            family
        )


def test_few_rows_are_not_for_onednn_where_there_is_another() -> None:
    assert set(cpu_kinds(few_rows=True)) == {*cpu_kinds(), *vnni_kinds()}
    assert cpu_kinds(few_rows=True)[-1] is OneDnnProduct or OneDnnProduct not in cpu_kinds()


@pytest.mark.long
@pytest.mark.parametrize("level", ["avx2", "default"])
def test_a_lesser_processor_rounds_as_well(level: str) -> None:
    """Both compilers are told of a processor without AVX-512, or of one without any AVX."""
    lesser = {"avx2": "haswell", "default": "nehalem"}[level]
    settings = {
        "ATEN_CPU_CAPABILITY": level,
        "ONEDNN_MAX_CPU_ISA": {"avx2": "AVX2", "default": "SSE41"}[level],
        "NUMBA_CPU_NAME": lesser,
        "NUMBA_CPU_FEATURES": {"avx2": "+avx,+avx2,+fma", "default": "+sse4.2"}[level],
    }
    chosen = "bit_for_bit or without_vnni or beside_it or no_number"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", chosen, __file__],
        env=os.environ | settings,
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout
