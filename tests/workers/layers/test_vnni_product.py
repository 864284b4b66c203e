"""Products of a decoder's steps by compiled functions: FBGEMM's to the bit, where they pay."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor

from tests.support.byte_weights import rows_of, weights
from tests.support.collected import nothing
from tests.support.seq2seq_models import CPU, build_model, sources_of
from tests.support.seq2seq_searches import ENDS, settings_of
from workers.decoding import Decoder, convert
from workers.decoding.output import lm_head
from workers.layers import int8_matmul
from workers.layers.int8_kernels import FbgemmProduct
from workers.layers.int8_matmul import byte_product, cpu_kinds, vnni_kinds, widened_product
from workers.layers.quantization import Int8Weight
from workers.layers.vnni_product import VnniProduct, pack, vnni_kernels

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not vnni_kinds(), reason="this processor has no VNNI, or Numba is missing"),
]

#: (outputs, inputs): whole blocks and groups, and what is left over beside them.
SIZES = [(64, 4), (1, 1), (63, 5), (65, 3), (200, 130), (512, 2048)]


def test_a_weight_lies_in_blocks_of_outputs_and_groups_of_inputs() -> None:
    quantised = weights(130, 10)
    packed = torch.from_numpy(pack(quantised))
    assert packed.shape == (3, 3, 64, 4) and packed.is_contiguous()
    for output, input_ in ((0, 0), (63, 9), (64, 3), (129, 7)):
        found = packed[output // 64, input_ // 4, output % 64, input_ % 4]
        assert found == quantised[output, input_]
    assert packed.long().sum() == quantised.long().sum()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("biased", [False, True])
def test_products_are_those_of_fbgemm_bit_for_bit(size: tuple[int, int], biased: bool) -> None:
    quantised, scale = weights(*size), torch.rand(size[0]) + 0.1
    bias = torch.zeros(size[0]) if biased else None
    if bias is not None:
        bias[::3] = -torch.inf
    ours, theirs = VnniProduct(quantised, scale, bias), FbgemmProduct(quantised, scale, bias)
    # Four rows are multiplied at once: all that may be left over.
    for count in (0, 1, 2, 3, 4, 5, 23):
        rows = rows_of(127, count, size[1])
        assert torch.equal(ours(rows), theirs(rows))


def test_layers_for_few_rows_are_multiplied_by_it_and_say_what_fbgemm_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draw = torch.Generator().manual_seed(1)
    weight, bias = torch.randn(130, 300, generator=draw), torch.randn(130, generator=draw)
    x = torch.randn(7, 300, generator=draw) * torch.logspace(-3, 3, 7)[:, None]
    ours = Int8Weight(weight, bias, few_rows=True)
    assert type(ours._multiply._product) is VnniProduct  # type: ignore[union-attr]
    monkeypatch.setattr(int8_matmul, "vnni_kinds", list)
    theirs = Int8Weight(weight, bias, few_rows=True)
    assert type(theirs._multiply._product) is FbgemmProduct  # type: ignore[union-attr]
    assert torch.equal(ours.product(x), theirs.product(x))
    # Rows need not lie one behind the other.
    assert torch.equal(ours.product(torch.cat([x, x], 1)[:, 300:]), ours.product(x))


@pytest.mark.parametrize("beams", [1, 4])
def test_texts_are_those_of_fbgemm_alone_and_in_any_batch(
    beams: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lm_head, "_LARGE", 1)
    model = build_model("marian")
    settings = settings_of(model, ENDS, num_beams=beams, max_length=40, no_repeat_ngram_size=1)
    sources = sources_of(20, 0)

    def texts(rows: int) -> list[list[int]]:
        return Decoder(convert(model, "int8"), settings, rows, 10_000, CPU).decode(sources, nothing)

    ours = texts(100)
    assert len({len(text) for text in ours}) > 5
    assert texts(beams) == texts(6 * beams) == ours
    monkeypatch.setattr(int8_matmul, "vnni_kinds", list)
    assert texts(100) == ours


def test_it_is_for_few_rows_and_few_threads() -> None:
    quantised, scale = weights(40, 300), torch.ones(40)
    assert type(widened_product(quantised, scale, 64)) is FbgemmProduct
    assert VnniProduct not in cpu_kinds()
    assert cpu_kinds(few_rows=True)[0] is VnniProduct
    torch.set_num_threads(3)
    assert VnniProduct not in cpu_kinds(few_rows=True)


def kinds_of(quantised: Tensor) -> list[str]:
    scale = torch.ones(len(quantised))
    chosen = (
        byte_product(quantised, scale, few_rows=True),
        widened_product(quantised, scale, len(quantised) + 1, one_thread=True),
    )
    return [type(one).__name__ for one in chosen]


def test_without_its_functions_fbgemm_multiplies(monkeypatch: pytest.MonkeyPatch) -> None:
    assert kinds_of(weights(40, 300)) == ["VnniProduct", "VnniProduct"]
    vnni_kernels.cache_clear()
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "workers.layers.vnni_kernel", None)
        assert kinds_of(weights(40, 300)) == ["FbgemmProduct", "FbgemmProduct"]
    vnni_kernels.cache_clear()


@pytest.mark.parametrize(
    "setting",
    [{"NUMBA_CPU_FEATURES": "+avx2,+fma", "NUMBA_CPU_NAME": "haswell"}, {"NUMBA_ENABLE_AVX": "0"}],
    ids=["another processor", "no AVX"],
)
def test_a_compiler_that_may_not_use_vnni_is_not_asked_to(setting: dict[str, str]) -> None:
    """LLVM would end the process."""
    code = """
from tests.support.byte_weights import weights
from tests.workers.layers.test_vnni_product import kinds_of
print(kinds_of(weights(40, 300)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | setting | {"OMP_NUM_THREADS": "1"},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["['FbgemmProduct',", "'FbgemmProduct']"]
