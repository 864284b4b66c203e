"""When a decoder's attention is fused, and what happens where it cannot be."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
import torch

from workers.decoding.attention.batched import fused_attention, fuses
from workers.runtime import compiled

CPU = torch.device("cpu")
MODULE = "workers.decoding.attention.fused"


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    fused_attention.cache_clear()
    yield
    fused_attention.cache_clear()
    torch.set_num_threads(threads)


class Broken(ModuleType):
    """A module that a damaged file of Numba's makes fail."""

    def __getattr__(self, name: str) -> None:
        raise EOFError("Ran out of input")


@pytest.mark.parametrize(("module", "level"), [(None, "INFO"), (Broken(MODULE), "WARNING")])
def test_without_it_there_are_batched_products(
    module: ModuleType | None,
    level: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setitem(sys.modules, MODULE, module)
    with caplog.at_level("INFO", compiled.__name__):
        assert not fuses(CPU, torch.float32)
        assert not fuses(CPU, torch.float32)
    assert [record.levelname for record in caplog.records] == [level]
    assert "batched products" in caplog.text


def test_it_is_for_few_threads_of_a_cpu_in_float32() -> None:
    pytest.importorskip("numba", reason="Numba is not there for this Python")
    assert fuses(CPU, torch.float32)
    assert not fuses(CPU, torch.bfloat16)
    assert not fuses(torch.device("meta"), torch.float32)
    torch.set_num_threads(8)
    assert not fuses(CPU, torch.float32)
