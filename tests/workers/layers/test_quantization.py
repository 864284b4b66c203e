"""Weights and rows in int8: how integers are spent, and what rounding shifts is given back."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from workers.layers.input_sample import sampled
from workers.layers.int8_matmul import largest_pair
from workers.layers.linear import Linear
from workers.layers.quantization import Int8Weight, quantised, row_range


def drawn(*size: int, seed: int = 1) -> Tensor:
    return torch.randn(*size, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("inputs", [1, 2, 7, 300])
def test_neighbours_keep_to_the_largest_pair(inputs: int) -> None:
    weight = drawn(50, inputs)
    weight[3] = 0.0
    weight[5] = 1.0
    integers, scale = quantised(weight, 128)
    padded = functional.pad(integers.short().abs(), (0, inputs % 2))
    pairs = padded.reshape(50, -1, 2).sum(2)
    assert pairs.amax() <= 128
    restored = integers * scale[:, None]
    assert ((restored - weight).abs() <= 0.5001 * scale[:, None]).all()
    # No coarser than it takes: the largest pair of each output is near the limit, or its largest
    # weight is.
    full = torch.maximum(pairs.amax(1), integers.short().abs().amax(1) + 1)
    assert (full[weight.any(1)] >= 126).all()


def test_no_pair_leaves_each_output_its_127_integers() -> None:
    integers, _ = quantised(drawn(50, 300))
    assert (integers.short().abs().amax(1) == 127).all()


@pytest.mark.parametrize("levels", [63, 127])
def test_a_row_is_divided_between_its_smallest_and_its_largest(levels: int) -> None:
    rows = torch.stack([torch.linspace(-0.2, 6, 100), torch.linspace(-9, 9, 100), torch.ones(100)])
    middle, scale = row_range(rows, levels)
    within = (rows - middle) / scale
    assert within.abs().amax() <= levels * (1 + 1e-5)
    assert within[:2].amin(1) == pytest.approx([-levels] * 2, rel=1e-5)
    assert middle[:, 0].tolist() == pytest.approx([2.9, 0.0, 1.0], abs=1e-6)


def test_rows_of_one_sign_are_as_exact_as_their_span_allows() -> None:
    """More than twice as exact as where integers go from minus to plus the largest."""
    weight, x = drawn(64, 512), functional.relu(drawn(200, 512, seed=2)) + 3.0
    integers, scale = quantised(weight, largest_pair())
    exact = functional.linear(x, integers * scale[:, None])
    largest = x.amax(1, keepdim=True) / 127
    plain = functional.linear((x / largest).round() * largest, integers * scale[:, None])
    error = Int8Weight(weight, None).product(x) - exact
    assert error.std() < 0.5 * (plain - exact).std()


@pytest.mark.parametrize("value", [0.0, 1e-30, -7.3, 5e8])
def test_a_row_of_equal_numbers_is_their_sum(value: float) -> None:
    weight = drawn(40, 300)
    y = Int8Weight(weight, None).product(torch.full((2, 300), value))
    integers, scale = quantised(weight, largest_pair())
    expected = value * (integers * scale[:, None]).double().sum(1).float()
    assert torch.allclose(y, expected.expand(2, -1), rtol=1e-3, atol=abs(value) * 1e-3)


def far_rows(count: int, seed: int) -> Tensor:
    """Rows with a mean, as those of models have, and something of their own."""
    return 2 * drawn(1, 256, seed=9) + 0.3 * drawn(count, 256, seed=seed)


@pytest.mark.parametrize("bias", [None, torch.linspace(-1, 1, 48)])
def test_what_rounding_takes_from_the_mean_is_given_back(bias: Tensor | None) -> None:
    weight, lesson, x = drawn(48, 256), far_rows(90, 2), far_rows(70, 3)
    exact = functional.linear(x, weight, bias)
    with sampled():
        layer = Linear(weight, bias, "int8")
        given = functional.linear(lesson, weight, bias)
        assert torch.allclose(layer(lesson), given, rtol=0, atol=1e-4)
        layer(lesson[:0])
        assert torch.allclose(layer(x[None, :2])[0], exact[:2], rtol=0, atol=1e-4)
    taught, untaught = layer(x) - exact, Linear(weight, bias, "int8")(x) - exact
    assert not torch.equal(layer(x), exact)
    assert taught.mean(0).norm() < 0.3 * untaught.mean(0).norm()
    assert taught.norm() < 0.8 * untaught.norm()


def test_a_mean_is_that_of_all_rows_however_they_come() -> None:
    weight, lesson, x = drawn(48, 256), far_rows(90, 2), far_rows(20, 3)
    given = []
    for parts in ([lesson], lesson.split(7)):
        with sampled():
            layer = Linear(weight, None, "int8")
            for part in parts:
                layer(part)
        given.append(layer(x))
    assert torch.allclose(given[0], given[1], rtol=0, atol=1e-4)


def test_a_layer_that_was_given_nothing_is_rounded_all_the_same() -> None:
    weight, x = drawn(48, 256), far_rows(5, 3)
    with sampled():
        layer = Linear(weight, None, "int8")
    assert torch.equal(layer(x), Linear(weight, None, "int8")(x))


def test_what_is_made_elsewhere_and_later_is_rounded_at_once() -> None:
    weight, x = drawn(48, 256), far_rows(5, 3)
    with pytest.raises(RuntimeError, match="no model"), sampled():
        raise RuntimeError("no model")
    assert not torch.equal(Linear(weight, None, "int8")(x), functional.linear(x, weight))
