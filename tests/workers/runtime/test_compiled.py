"""Functions that are compiled, and where that pays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from workers.runtime import compiled

numba = pytest.importorskip("numba", reason="Numba is not there for this Python")

CPU = torch.device("cpu")


def test_it_pays_for_few_threads_of_a_cpu_in_float32() -> None:
    assert compiled.pays(CPU, torch.float32)
    assert not compiled.pays(CPU, torch.bfloat16)
    assert not compiled.pays(torch.device("meta"), torch.float32)
    torch.set_num_threads(8)
    assert not compiled.pays(CPU, torch.float32)


def test_what_a_module_lacks_is_told_with_what_is_done_instead(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert compiled.load("workers.layers.fused_rounding", ["restore"], "by torch")
    assert compiled.load("workers.layers.fused_rounding", ["restore", "undo"], "by torch") is None
    assert "by torch: AttributeError" in caplog.text


def test_what_cannot_be_kept_is_compiled_all_the_same(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def without_room(*types: str, cache: bool = False, **flags: Any) -> Any:
        if cache:
            raise OSError("No space left on device")
        return numba.njit(*types, **flags)

    def twice(numbers: Any) -> None:
        for place in range(len(numbers)):
            numbers[place] *= 2

    monkeypatch.setattr(compiled, "_njit", lambda: without_room)
    numbers = np.array([1, 2, 3])
    compiled.compiled_now(compiled.ANY_ORDER, "int64[::1]")(twice)(numbers)
    assert numbers.tolist() == [2, 4, 6]
    assert "No space left" in caplog.text
