"""Fused rounding: rows become integers in one pass over memory, and products numbers in another.

With torch that is a dozen operations for each linear layer, of which a step of a decoder, with a
few rows, has dozens: most of their time is that of calling them. What comes out is what torch's
operations give, bit for bit where rows are as wide as models have them: a product and the sum that
it goes into are rounded once. Compiled by Numba for the processor at hand.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workers.layers.int8_kernels import SHIFT
from workers.layers.quantization import FINEST, TINY
from workers.runtime.compiled import AS_TORCH, compiled, compiled_now

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]
Bytes = NDArray[np.uint8]

_HALF, _ONE = np.float32(0.5), np.float32(1)
_TINY, _FINEST = np.float32(TINY), np.float32(FINEST)
#: All bits of a float32 but that of its sign.
_SIZE = np.int32(0x7FFFFFFF)
#: The order of infinity, see `_measure`.
_INFINITE = np.int32(0x7F800000)
_SHIFT = np.int32(SHIFT)


@compiled(AS_TORCH)
def _measure(bits: Integers, row: int, part: np.float32, ranges: Floats) -> None:
    """Find the middle and the scale of a row, as `row_range` does.

    Bits of floats are in the order of their numbers if those behind a minus are turned over; what
    is no number comes before or after all of them. Of integers the compiler knows how to find the
    largest of many at once.
    """
    low, high = _SIZE, ~_SIZE
    for x in range(bits.shape[1]):
        order = bits[row, x] ^ ((bits[row, x] >> np.int32(31)) & _SIZE)
        low, high = min(low, order), max(high, order)
    ends = np.empty(2, np.float32)
    ends_bits = ends.view(np.int32)
    ends_bits[0] = low ^ ((low >> np.int32(31)) & _SIZE)
    ends_bits[1] = high ^ ((high >> np.int32(31)) & _SIZE)
    middle = (ends[0] + ends[1]) * _HALF
    if high > _INFINITE or low < ~_INFINITE:
        middle = np.float32(np.nan)
    ranges[0, row] = middle
    ranges[1, row] = max((ends[1] - ends[0]) * part, abs(middle) * _FINEST, _TINY)


@compiled(AS_TORCH)
def _scaling(
    bits: Integers, row: int, part: np.float32, ranges: Floats
) -> tuple[np.float32, np.float32]:
    """Measure a row; returns what its numbers are multiplied by, and what is added then."""
    _measure(bits, row, part, ranges)
    inverse = _ONE / ranges[1, row]
    return inverse, ranges[0, row] * -inverse


_ROWS = "float32[:, ::1]"


@compiled_now(AS_TORCH, f"{_ROWS}, int64, {_ROWS}, {_ROWS}, boolean")
def round_to_floats(
    x: Floats, levels: int, rounded: Floats, ranges: Floats, unrounded: bool
) -> None:
    """Round rows, each between its smallest and its largest number.

    Args:
        x: (rows, inputs).
        levels: Largest absolute value of the integers.
        rounded: The integers, (rows, inputs), to be filled.
        ranges: The middle and the scale of each row, (2, rows), to be filled.
        unrounded: Whether to leave numbers between ±levels, which others round.
    """
    bits, part = x.view(np.int32), np.float32(0.5 / levels)
    for row in range(len(x)):
        inverse, shift = _scaling(bits, row, part, ranges)
        for i in range(x.shape[1]):
            scaled = x[row, i] * inverse + shift
            rounded[row, i] = scaled if unrounded else np.rint(scaled)


@compiled_now(AS_TORCH, f"{_ROWS}, int64, uint8[:, ::1], {_ROWS}")
def round_to_bytes(x: Floats, levels: int, rounded: Bytes, ranges: Floats) -> None:
    """Do the same, with 128 added to the integers."""
    bits, part = x.view(np.int32), np.float32(0.5 / levels)
    for row in range(len(x)):
        inverse, shift = _scaling(bits, row, part, ranges)
        for i in range(x.shape[1]):
            rounded[row, i] = np.uint8(np.int32(np.rint(x[row, i] * inverse + shift)) + _SHIFT)


@compiled_now(AS_TORCH, f"{_ROWS}, {_ROWS}, float32[::1], float32[::1]")
def restore(y: Floats, ranges: Floats, bias: Floats, sums: Floats) -> None:
    """Bring products of rounded rows back to the size of the rows, in place.

    Args:
        y: The products, (rows, outputs).
        ranges: The middle and the scale of each row, (2, rows).
        bias: Added to each row, (outputs).
        sums: What a row of ones gives, (outputs).
    """
    for row in range(len(y)):
        middle, scale = ranges[0, row], ranges[1, row]
        for i in range(y.shape[1]):
            y[row, i] = (y[row, i] * scale + bias[i]) + middle * sums[i]
