"""Products of bytes: each library is exact in integers, or is not relied on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.support import causal_models
from tests.support.byte_weights import LAYOUTS, rows_of, sound_kinds, weights
from workers.decoding import Decoder, convert
from workers.layers import int8_matmul
from workers.layers.int8_check import TOLERANCE, integer_product, is_exact, is_exact_here
from workers.layers.int8_kernels import (
    FloatProduct,
    Int8Matmul,
    NarrowFbgemmProduct,
    PairedFbgemmProduct,
)
from workers.layers.int8_matmul import byte_product, cpu_kinds
from workers.layers.quantization import Int8Weight, quantised

pytestmark = pytest.mark.slow

KINDS: dict[str, type[Int8Matmul]] = {kind.name: kind for kind in sound_kinds()}
WAYS: dict[str, Callable[[Tensor, Tensor], Int8Matmul]] = {"chosen": byte_product, **KINDS}
#: Narrower and wider than what libraries compute at once, and a row's products in several parts.
SIZES = [(1, 1), (5, 1), (1, 5), (3, 7), (17, 15), (40, 300), (33, 2100)]


@pytest.fixture
def undecided() -> Iterator[None]:
    """Nothing is known of this machine, and will not be of the broken one."""
    is_exact_here.cache_clear()
    int8_matmul._warn_once.cache_clear()
    yield
    is_exact_here.cache_clear()
    int8_matmul._warn_once.cache_clear()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("size", SIZES)
def test_integers_are_those_of_plain_sums(way: str, layout: str, size: tuple[int, int]) -> None:
    quantised = LAYOUTS[layout](weights(*size))
    product = WAYS[way](quantised, torch.ones(len(quantised)))
    for count in (0, 1, 2, 33):
        rows = rows_of(product.levels, count, size[1])
        sums = (rows.long() @ quantised.long().T).float()
        assert torch.equal(product(rows), sums)


@pytest.mark.parametrize("way", WAYS)
def test_scales_add_no_more_than_rounding(way: str) -> None:
    quantised = weights(40, 300)
    scale = torch.logspace(-20, 10, 40)
    product = WAYS[way](quantised, scale)
    rows = rows_of(product.levels, 20, 300)
    exact = (rows.long() @ quantised.long().T).double() * scale.double()
    assert ((product(rows).double() - exact).abs() <= TOLERANCE * exact.abs()).all()


@pytest.mark.parametrize("way", WAYS)
def test_a_row_does_not_depend_on_the_rows_beside_it(way: str) -> None:
    product = WAYS[way](weights(40, 300), torch.rand(40) + 0.1)
    rows = rows_of(product.levels, 20, 300)
    alone = torch.cat([product(row[None]) for row in rows])
    assert torch.equal(product(rows), alone)


def test_the_plain_sums_are_those_of_integers() -> None:
    quantised, rows = weights(1500, 2100), rows_of(127, 5, 2100)
    assert torch.equal(integer_product(rows, quantised).long(), rows.long() @ quantised.long().T)


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind is not FloatProduct])
def test_a_check_sees_what_is_wrong_anywhere(kind: type[Int8Matmul]) -> None:
    quantised, scale = weights(40, 300), torch.rand(40) + 0.1
    product = kind(quantised, scale)
    assert is_exact(product, quantised, scale)
    other = quantised.clone()
    other[33, 299] += 1 if other[33, 299] < 127 else -1
    assert not is_exact(product, other, scale)
    assert not is_exact(product, quantised, scale * (1 + 1e-6))
    # What is no number says nothing of the library.
    scale[5] = torch.nan
    assert is_exact(kind(quantised, scale), quantised, scale)


class Saturated(FloatProduct):
    """Adds up pairs of products in 16 bits, as processors without VNNI do."""

    name = "saturated"

    def __call__(self, rows: Tensor) -> Tensor:
        pairs = ((rows + 128)[:, None] * self._weight).unflatten(2, (-1, 2)).sum(3)
        sums = pairs.clamp(-(2.0**15), 2.0**15 - 1).sum(2)
        product: Tensor = (sums - 128 * self._weight.sum(1)) * self._scale
        return product


def test_a_check_sees_one_pair_that_is_too_large_in_a_weight_where_it_is_rare() -> None:
    quantised = torch.randint(-60, 61, (50, 600), generator=torch.Generator().manual_seed(4))
    quantised = quantised.to(torch.int8)
    scale = torch.ones(50)
    assert is_exact(Saturated(quantised, scale), quantised, scale)
    quantised[17, 100:102] = 65
    assert not is_exact(Saturated(quantised, scale), quantised, scale)


class PairSaturated(Saturated):
    """The same, for weights whose neighbours are not large at once."""

    largest_pair = 128


def test_neighbours_that_keep_to_the_largest_pair_never_saturate() -> None:
    weight = torch.randn(200, 768, generator=torch.Generator().manual_seed(5))
    fitting, scale = quantised(weight, PairSaturated.largest_pair)
    for kind in (PairSaturated, PairedFbgemmProduct):
        assert kind.takes(fitting) and not kind.takes(quantised(weight)[0])
        assert is_exact(kind(fitting, scale), fitting, scale)
    assert not is_exact(Saturated(quantised(weight)[0], scale), quantised(weight)[0], scale)


def test_without_vnni_rows_keep_their_eight_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(int8_matmul, "has_vnni", lambda: False)
    weight = torch.randn(40, 300, generator=torch.Generator().manual_seed(5))
    rounded = byte_product(*quantised(weight, int8_matmul.largest_pair()))
    assert type(rounded) is PairedFbgemmProduct and rounded.levels == 127
    assert type(byte_product(*quantised(weight))) is NarrowFbgemmProduct


def break_them(monkeypatch: pytest.MonkeyPatch, count: int, inputs: list[int] | None) -> None:
    """One output of each of the first libraries is off, for weights of these inputs or all."""
    kinds = cpu_kinds(few_rows=True)
    # A kind may have its product from another, which is broken before it.
    rights = [kind.__call__ for kind in kinds]
    for number, (kind, right) in enumerate(zip(kinds, rights, strict=True)):

        def call(self: Int8Matmul, rows: Tensor, right: Any = right, off: Any = number < count):  # type: ignore[no-untyped-def]
            y = right(self, rows).clone()
            if off and (inputs is None or rows.shape[1] in inputs):
                y[:, -1] += y.abs().amax() / 2
            return y

        monkeypatch.setattr(kind, "__call__", call)


class Decoded:
    """A small GPT-2 and what it writes in int8."""

    def __init__(self) -> None:
        self._model = causal_models.build_model("gpt2")
        self._prompts = causal_models.prompts_of(8)

    def texts(self) -> list[Any]:
        settings = causal_models.settings_of([8, 12])
        model = convert(self._model, "int8")
        decoder = Decoder(model, settings, 16, 10_000, causal_models.CPU)
        return decoder.decode(self._prompts, causal_models.nothing)


@pytest.mark.usefixtures("undecided")
@pytest.mark.parametrize("inputs", [None, [32, 40]])
@pytest.mark.parametrize("kept", KINDS.values())
def test_what_is_wrong_is_not_taken_and_told_once(
    kept: type[Int8Matmul],
    inputs: list[int] | None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """In general, and only with the layers of the model."""
    passed_over = [kind.name for kind in cpu_kinds(few_rows=True)]
    if kept.name in passed_over:
        passed_over = passed_over[: passed_over.index(kept.name)]
    pair = int8_matmul.largest_pair() if inputs else kept.largest_pair
    plain = type("Plain", (FloatProduct,), {"levels": kept.levels, "largest_pair": pair})
    decoded = Decoded()
    with monkeypatch.context() as patch:
        patch.setattr(int8_matmul, "cpu_kinds", lambda **_: [plain])
        expected = decoded.texts()
    assert len({tuple(text) for text in expected}) > 3
    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING):
        break_them(patch, len(passed_over), inputs)
        assert decoded.texts() == expected
    told = [record.getMessage() for record in caplog.records]
    assert sorted(told) == [
        f"{name} multiplies int8 wrongly on this machine: another product is used, as exact and "
        "perhaps slower; nothing needs to be done"
        for name in sorted(passed_over)
    ]


@pytest.mark.usefixtures("undecided")
def test_a_library_whose_functions_have_changed_is_not_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def changed(*_: object) -> None:
        raise TypeError("qlinear_pointwise() got 13 arguments")

    for kind in cpu_kinds():
        monkeypatch.setattr(kind, "__call__", changed)
    quantised = weights(40, 300)
    assert is_exact(byte_product(quantised, torch.ones(40)), quantised, torch.ones(40))


def test_the_engine_that_torch_uses_stays_what_it_was() -> None:
    before = torch.backends.quantized.engine
    byte_product(weights(40, 300), torch.ones(40))
    assert torch.backends.quantized.engine == before


@pytest.mark.parametrize("bias", [None, torch.linspace(-1, 1, 24)])
def test_a_weight_in_int8_is_near_the_exact_one(bias: Tensor | None) -> None:
    torch.manual_seed(3)
    weight, x = torch.randn(24, 512), torch.randn(9, 512) * torch.logspace(-3, 3, 9)[:, None]
    x[4] = 0.0
    exact = torch.nn.functional.linear(x, weight, bias)
    error = (Int8Weight(weight, bias).product(x) - exact).norm(dim=1)
    assert (error <= 0.02 * x.norm(dim=1) * weight.norm(dim=1).mean() / 24**0.5 * 5).all()
    assert error[4] == 0


@pytest.mark.parametrize("kind", KINDS.values())
def test_rows_are_rounded_to_the_nearest_wherever_they_are(kind: type[Int8Matmul]) -> None:
    """A diagonal of ones shows what a row becomes, in the midst of two integers too."""
    product = kind(torch.eye(37, dtype=torch.int8), torch.ones(37))
    middles = torch.arange(0.5 - product.levels, product.levels)
    near = middles[:, None] * (1 + torch.linspace(-1e-6, 1e-6, 37))
    rounded = product(near.clone())
    assert torch.equal(rounded, rounded.round())
    assert ((rounded - near).abs() <= 0.5 + 1e-4).all()
    alone = torch.cat([product(row[None].clone()) for row in near])
    elsewhere = product(near.roll(5, 1)).roll(-5, 1)
    assert torch.equal(rounded, alone) and torch.equal(rounded, elsewhere)
