"""How many bytes a model takes: its parameters and buffers, and whatever we have packed of them."""

from __future__ import annotations

import gc
from types import FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np
import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

#: What leads out of a model, to all that is imported, or holds no weights and much else.
_OUTSIDE = (type, ModuleType, torch.dtype, torch.device, PreTrainedTokenizerBase)


def tensor_bytes(model: object) -> int:
    """The bytes of all tensors and arrays that can be reached from an object, each storage once.

    What is on the device `meta` has no bytes. Weights that a library keeps out of sight are counted
    by the `packed_bytes` of whoever holds them.
    """
    storages: dict[tuple[str, int], int] = {}
    hidden = 0
    seen: set[int] = set()
    waiting: list[Any] = [model]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, Tensor):
            _count(storages, _storage(one))
            # A parameter may have a gradient, or attributes of its own.
            waiting.extend(vars(one).values())
        elif isinstance(one, np.ndarray):
            # It may be a tensor's memory.
            _count(storages, {("cpu", one.__array_interface__["data"][0]): one.nbytes})
        elif isinstance(one, FunctionType):
            # Not its globals.
            waiting.extend(cell.cell_contents for cell in one.__closure__ or ())
        elif isinstance(one, MethodType):
            waiting.append(one.__self__)
        elif not isinstance(one, _OUTSIDE):
            hidden += getattr(one, "packed_bytes", 0)
            waiting.extend(gc.get_referents(one))
    return sum(storages.values()) + hidden


def _count(storages: dict[tuple[str, int], int], found: dict[tuple[str, int], int]) -> None:
    for place, size in found.items():
        storages[place] = max(size, storages.get(place, 0))


def _storage(tensor: Tensor) -> dict[tuple[str, int], int]:
    if tensor.device.type == "meta":
        return {}
    if tensor.is_mkldnn:
        # oneDNN's own layout, which has no storage to be asked.
        return {("mkldnn", id(tensor)): tensor.numel() * tensor.element_size()}
    storage = tensor.untyped_storage()
    return {(str(tensor.device), storage.data_ptr()): storage.nbytes()}
