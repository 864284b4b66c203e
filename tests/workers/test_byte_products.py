"""Products of bytes: exact in integers, whoever multiplies."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from workers.layers import byte_products
from workers.layers.byte_products import ByteProduct, FbgemmProduct, byte_product, has_fbgemm
from workers.layers.int8 import Int8Weight

WAYS = {"the quickest": byte_product, "torch": byte_products._Plain}
if has_fbgemm():
    WAYS["FBGEMM"] = FbgemmProduct


def weights(outputs: int = 40, inputs: int = 300) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    bytes_ = torch.randint(-127, 128, (outputs, inputs), dtype=torch.int8, generator=generator)
    bytes_[:2] = torch.tensor([[127], [-127]], dtype=torch.int8)
    return bytes_, torch.rand(outputs, generator=generator) + 0.1


def rows_of(product: ByteProduct, count: int, inputs: int = 300) -> Tensor:
    generator = torch.Generator().manual_seed(2)
    rows = (torch.rand(count, inputs, generator=generator) * 2 - 1) * product.levels
    # The largest sums there are: pairs of products of one sign.
    rows[0] = product.levels
    rows[-1] = -product.levels
    return rows


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("count", [1, 2, 33])
def test_sums_are_exact(way: str, count: int) -> None:
    quantised, scale = weights()
    product = WAYS[way](quantised, scale)
    rows = rows_of(product, count)
    exact = rows.round().double() @ quantised.double().T * scale.double()
    assert torch.allclose(product(rows).double(), exact, rtol=1e-6, atol=0)


@pytest.mark.parametrize("way", WAYS)
def test_a_row_does_not_depend_on_the_rows_beside_it(way: str) -> None:
    quantised, scale = weights()
    product = WAYS[way](quantised, scale)
    rows = rows_of(product, 20)
    alone = torch.cat([product(row[None]) for row in rows])
    assert torch.equal(product(rows), alone)


@pytest.mark.skipif(not has_fbgemm(), reason="FBGEMM is not for this processor")
def test_a_bias_may_forbid() -> None:
    quantised, scale = weights()
    bias = torch.zeros(len(scale))
    bias[7] = -torch.inf
    y = FbgemmProduct(quantised, scale, bias)(rows_of(FbgemmProduct(quantised, scale), 3))
    assert (y[:, 7] == -torch.inf).all()
    assert torch.isfinite(y[:, :7]).all()


def test_the_engine_that_torch_uses_stays_what_it_was() -> None:
    before = torch.backends.quantized.engine
    byte_product(*weights())
    assert torch.backends.quantized.engine == before


@pytest.mark.parametrize("bias", [None, torch.linspace(-1, 1, 24)])
def test_a_weight_in_int8_is_near_the_exact_one(bias: Tensor | None) -> None:
    torch.manual_seed(3)
    weight, x = torch.randn(24, 512), torch.randn(9, 512) * torch.logspace(-3, 3, 9)[:, None]
    x[4] = 0.0
    exact = torch.nn.functional.linear(x, weight, bias)
    error = (Int8Weight(weight).product(x, bias) - exact).norm(dim=1)
    assert (error <= 0.02 * x.norm(dim=1) * weight.norm(dim=1).mean() / 24**0.5 * 5).all()
    assert error[4] == 0
