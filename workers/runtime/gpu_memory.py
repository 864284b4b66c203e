"""Memory: how much of a GPU's this process may take, and what a decoder may keep in it."""

from __future__ import annotations

import torch

from schema.catalog import Precision
from workers.decoding.causal import Model
from workers.layers.linear import DTYPES

#: Documents, times beams, that are on their way at once on a CPU, and their source tokens. More
#: multiply larger matrices, and need more memory for what they remember than is near to the
#: processor.
ON_CPU = (96, 16_384)
#: Of a GPU with several children, what all together may take: each has a context besides, of some
#: hundred megabytes, which is not torch's.
_SHARED = 0.9
#: Of the memory that weights leave, what sources that are on their way may take; texts may take as
#: much. The rest is for what is computed, and for caches while they grow.
_SOURCES = 0.2
#: Tokens for which a text has room then. Few get so long, and a cache grows with them only.
_TEXT = 256
#: Documents, times beams, that are on their way at once: more have not been tried.
MOST_ROWS = 4096

_parts: dict[torch.device, float] = {}


def share_memory(device: str, sharers: int) -> None:
    """Take no more than a fair part of a GPU's memory, so that of several processes none starves
    the others. On a CPU, and for one alone, nothing is limited.

    Args:
        device: `cpu` or `cuda:0`.
        sharers: Processes that compute on it.
    """
    place = torch.device(device)
    # Where there is no GPU, whoever loads a model on it says so.
    if place.type == "cuda" and sharers > 1 and torch.cuda.is_available():
        place = torch.device("cuda", place.index or 0)
        _parts[place] = _SHARED / sharers
        torch.cuda.set_per_process_memory_fraction(_parts[place], place)


def memory_of(device: torch.device) -> int:
    """Bytes of a GPU that this process may take."""
    whole = torch.cuda.get_device_properties(device).total_memory
    return int(whole * _parts.get(torch.device("cuda", device.index or 0), 1.0))


def room(
    model: Model, parameters: int, device: torch.device, precision: Precision
) -> tuple[int, int]:
    """What a decoder has room for.

    Args:
        model: Whose layers remember keys and values of every token.
        parameters: That it has.
        device: Of the model.
        precision: That it computes in.

    Returns:
        Documents, times beams, and their source tokens, that may be on their way at once.
    """
    if device.type != "cuda":
        return ON_CPU
    width = DTYPES[precision].itemsize
    return room_in(memory_of(device) - parameters * width, model, width)


def room_in(memory: int, model: Model, width: int) -> tuple[int, int]:
    """The same, of bytes that are left beside the weights and bytes of a number."""
    each = len(model.decoder) * 2 * model.key_heads * model.size * width
    tokens = max(1024, int(max(0, memory) * _SOURCES) // each)
    return max(1, min(MOST_ROWS, tokens // _TEXT)), tokens
