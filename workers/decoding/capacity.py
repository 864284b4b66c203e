"""How many rows and tokens of a decoder fit the memory."""

from __future__ import annotations

import torch

from schema.catalog import Precision
from workers.decoding.architecture.causal import Model
from workers.layers.linear import DTYPES
from workers.runtime.gpu_memory import memory_of

#: Documents, times beams, that are on their way at once on a CPU, and their source tokens. More
#: multiply larger matrices, and need more memory for what they remember than is near to the
#: processor.
ON_CPU = (96, 16_384)

#: Of the memory that weights leave, what sources that are on their way may take; texts may take as
#: much. The rest is for what is computed, and for caches while they grow.
_SOURCES = 0.2

#: Tokens for which a text has room then. Few get so long, and a cache grows with them only.
_TEXT = 256

#: Documents, times beams, that are on their way at once: more have not been tried.
MOST_ROWS = 4096


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
