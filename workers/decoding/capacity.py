"""Capacity: how many rows and tokens of a decoder fit the memory."""

from __future__ import annotations

import torch

from schema.catalog import Precision
from workers.decoding.architecture.causal import Model
from workers.layers.linear import DTYPES
from workers.runtime.gpu_memory import memory_of

#: Documents, times beams, that are on their way at once on a CPU, and their source tokens. More
#: multiply larger matrices, and have larger KV caches than the caches of the
#: processor hold.
ON_CPU = (96, 16_384)

#: Part of the memory beside the weights that the KV cache of sources may take; texts may take as
#: much. The rest is for what is computed, and for caches while they grow.
_SOURCES = 0.2

#: Tokens of a text that fit then. Few texts get so long, and a cache grows with its texts only.
_TEXT = 256

#: Documents, times beams, that are on their way at once: more have not been tried.
MOST_ROWS = 4096


def room(
    model: Model, parameters: int, device: torch.device, precision: Precision
) -> tuple[int, int]:
    """The capacity of a decoder.

    Args:
        model: The model, whose layers keep keys and values of every token.
        parameters: Number of its parameters.
        device: The device of the model.
        precision: The precision that it computes in.

    Returns:
        Documents, times beams, and their source tokens, that may be on their way at once.
    """
    if device.type != "cuda":
        return ON_CPU
    width = DTYPES[precision].itemsize
    return room_in(memory_of(device) - parameters * width, model, width)


def room_in(memory: int, model: Model, width: int) -> tuple[int, int]:
    """The same, from bytes of memory beside the weights and the `width` of a number in bytes."""
    each = len(model.decoder) * 2 * model.key_heads * model.size * width
    tokens = max(1024, int(max(0, memory) * _SOURCES) // each)
    return max(1, min(MOST_ROWS, tokens // _TEXT)), tokens
