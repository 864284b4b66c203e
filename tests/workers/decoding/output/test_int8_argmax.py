"""The screen finds what the largest exact score finds, also where it is a close thing."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from schema.catalog import Precision
from workers.decoding.output import int8_argmax as module
from workers.decoding.output import lm_head
from workers.decoding.output.int8_argmax import Int8Argmax
from workers.decoding.output.lm_head import Head
from workers.layers import int8_matmul
from workers.layers.int8_check import is_exact_here
from workers.layers.int8_kernels import FbgemmProduct, has_fbgemm
from workers.layers.int8_matmul import NoProductError, fbgemm_kinds

pytestmark = pytest.mark.skipif(not has_fbgemm(), reason="FBGEMM is not for this processor")

WIDTH, VOCABULARY = 96, 1000


def hidden_of(rows: int, seed: int = 1) -> Tensor:
    return torch.randn(rows, WIDTH, generator=torch.Generator().manual_seed(seed))


def weight_of(seed: int = 2) -> Tensor:
    return torch.randn(VOCABULARY, WIDTH, generator=torch.Generator().manual_seed(seed))


def exact(weight: Tensor, bias: Tensor | None, hidden: Tensor) -> Tensor:
    scores = hidden.double() @ weight.double().T
    return scores if bias is None else scores + bias.double()


@pytest.mark.parametrize("rows", [1, 7, 300])
@pytest.mark.parametrize("bias", [None, "zeros", "some"])
@pytest.mark.parametrize("one_thread", [False, True])
def test_the_likeliest_is_that_of_exact_scores(
    rows: int, bias: str | None, one_thread: bool
) -> None:
    weight, hidden = weight_of(), hidden_of(rows)
    biases = {"zeros": torch.zeros(VOCABULARY), "some": hidden_of(11, 5).flatten()[:VOCABULARY] * 3}
    added = biases.get(bias or "")
    found = Int8Argmax(weight, added, one_thread=one_thread).scores(hidden).largest()
    assert torch.equal(found, exact(weight, added, hidden).argmax(1))


def test_tokens_that_bytes_cannot_tell_apart() -> None:
    weight, hidden = weight_of(), hidden_of(60)
    # Each token has near ones that differ by less than a byte shows.
    near = weight[:200, None] + 1e-3 * hidden_of(800, 3).view(200, 4, WIDTH)
    weight[200:] = near.flatten(0, 1)
    found = Int8Argmax(weight, None).scores(hidden).largest()
    scores = exact(weight, None, hidden)
    assert torch.equal(found, scores.argmax(1))
    coarse = Int8Argmax(weight, None).scores(hidden).values[:, :VOCABULARY]
    assert not torch.equal(coarse.argmax(1), found)


def test_of_equals_the_first() -> None:
    weight, hidden = weight_of(), hidden_of(20)
    weight[500:] = weight[:500]
    assert (Int8Argmax(weight, None).scores(hidden).largest() < 500).all()


@pytest.mark.parametrize("most", [0, 64])
def test_a_row_for_which_everything_is_possible_is_scored_exactly(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_BLOCKS", most)
    weight, hidden = 1.0 + 1e-4 * weight_of(), hidden_of(20)
    scores = Int8Argmax(weight, None).scores(hidden)
    scores.values[:, :300] = -torch.inf
    allowed = hidden.double() @ weight.double().T
    allowed[:, :300] = -torch.inf
    found = scores.largest()
    chosen = allowed.gather(1, found[:, None])[:, 0]
    assert torch.allclose(chosen, allowed.amax(1), rtol=0, atol=1e-5)
    assert (found >= 300).all()


def test_what_is_forbidden_is_not_found() -> None:
    weight, hidden = weight_of(), hidden_of(30)
    best = exact(weight, None, hidden).topk(3, dim=1).indices
    scores = Int8Argmax(weight, None).scores(hidden)
    scores.values.scatter_(1, best[:, :2], -torch.inf)
    assert torch.equal(scores.largest(), best[:, 2])


def test_one_token_that_is_forced() -> None:
    scores = Int8Argmax(weight_of(), None).scores(hidden_of(5))
    scores.values.fill_(-torch.inf)
    scores.values[:, 123] = 0.0
    assert scores.largest().tolist() == [123] * 5


@pytest.mark.parametrize("value", [0.0, torch.nan, torch.inf, 1e-30])
def test_strange_rows_leave_the_others_alone(value: float) -> None:
    weight, hidden = weight_of(), hidden_of(6)
    hidden[2] = value
    found = Int8Argmax(weight, None).scores(hidden).largest()
    others = [0, 1, 3, 4, 5]
    assert torch.equal(found[others], exact(weight, None, hidden).argmax(1)[others])
    assert 0 <= found[2] < VOCABULARY


@pytest.mark.parametrize("kinds", [[], fbgemm_kinds()])
def test_without_a_right_product_of_bytes_scores_are_exact(
    kinds: list[type[FbgemmProduct]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is none, and where all are wrong."""
    monkeypatch.setattr(lm_head, "_LARGE", 1)
    monkeypatch.setattr(int8_matmul, "vnni_kinds", list)
    monkeypatch.setattr(int8_matmul, "fbgemm_kinds", lambda: kinds)
    right = FbgemmProduct.__call__
    monkeypatch.setattr(FbgemmProduct, "__call__", lambda self, rows: right(self, rows) * 1.01)
    weight, hidden = weight_of(), hidden_of(30)
    is_exact_here.cache_clear()
    try:
        with pytest.raises(NoProductError):
            Int8Argmax(weight, None)
        scores = Head(weight, None, "fp32").coarse_scores(hidden)
    finally:
        is_exact_here.cache_clear()
    assert torch.equal(scores.largest(), exact(weight, None, hidden).argmax(1))


@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_the_likeliest_token_is_exact_in_int8_too(
    precision: Precision, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lm_head, "_LARGE", 1)
    weight, hidden = weight_of(), hidden_of(200)
    head = Head(weight, None, precision)
    expected = exact(weight, None, hidden).argmax(1)
    assert torch.equal(head.coarse_scores(hidden).largest(), expected)
    if precision == "int8":
        assert not torch.equal(head.scores(hidden).values[:, : len(weight)], hidden @ weight.t())
