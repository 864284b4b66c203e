"""Products of a few rows in int8 by VNNI, with all that is done to the rows before and behind.

Libraries are made for many rows: for a few, most of their time goes to their own packing, and a
thread that calls three functions for a layer waits for Python's lock three times. Here a row is
rounded, multiplied and brought back in one call, and weights are read at the speed of memory.
Compiled by Numba for the processor at hand; importing this module fails where that has no VNNI, or
Numba is told not to use it. Numba keeps what it compiles until this file changes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.core.registry import cpu_target
from numba.extending import intrinsic
from numpy.typing import NDArray

from workers.layers.fused_rounding import Bytes, Floats, Integers, restore, round_to_bytes
from workers.layers.int8_kernels import SHIFT
from workers.layers.vnni_product import GROUP, WIDTH
from workers.runtime.compiled import AS_TORCH, compiled, compiled_now

Weights = NDArray[np.int8]

_SHIFT = np.int32(SHIFT)
#: Rows that are multiplied at once: with `WIDTH` outputs they take half of the registers.
_ROWS = 4
#: Integers of 32 bits in a register, and registers for the sums of a row.
_LANES = 16
_REGISTERS = WIDTH // _LANES
_INSTRUCTION = "llvm.x86.avx512.vpdpbusd.512"
_WORD, _COUNT = ir.IntType(32), ir.IntType(64)
_VECTOR = ir.VectorType(_WORD, _LANES)
_ZEROS = ir.Constant(_VECTOR, [0] * _LANES)

if "+avx512vnni" not in cpu_target.target_context.codegen()._get_host_cpu_features():
    raise ImportError("Numba does not use VNNI here")


def _tile(rows: int) -> Callable[..., None]:
    """Make the product of so many rows with one block of a weight.

    Returns:
        A function for compiled ones, of integers, (rows, inputs), and the first row; a weight,
        (blocks, groups, WIDTH, GROUP), and the block; and sums, (rows, WIDTH), to be filled.
    """

    def typed(_: Any, integers: Any, row: Any, weight: Any, block: Any, sums: Any) -> Any:
        signature = types.void(integers, types.int64, weight, types.int64, sums)

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            integers, weight, sums = (
                context.make_array(signature.args[n])(context, builder, arguments[n])
                for n in (0, 2, 4)
            )
            _Tile(builder, rows).write(integers, weight, sums, arguments[1], arguments[3])
            return context.get_dummy_value()

        return signature, generate

    return intrinsic(typed)


class _Tile:
    """Writes a tile's code: one loop over the groups of inputs, in which all sums are registers.

    Args:
        builder: Writes LLVM's instructions, one after the other.
        rows: Rows of the tile.
    """

    def __init__(self, builder: Any, rows: int) -> None:
        self._builder, self._rows = builder, rows
        self._multiply_add = builder.module.declare_intrinsic(
            _INSTRUCTION, fnty=ir.FunctionType(_VECTOR, [_VECTOR, _VECTOR, _VECTOR])
        )

    def write(self, integers: Any, weight: Any, sums: Any, row: Any, block: Any) -> None:
        """Write all of it; the arrays are Numba's."""
        builder = self._builder
        inputs = builder.extract_value(integers.shape, 1)
        groups = builder.extract_value(weight.shape, 1)
        starts = [
            self._at(integers, builder.mul(builder.add(row, _COUNT(r)), inputs))
            for r in range(self._rows)
        ]
        size = builder.mul(groups, _COUNT(WIDTH * GROUP))
        totals = self._loop(starts, self._at(weight, builder.mul(block, size)), groups)
        for number, total in enumerate(totals):
            into = self._at(sums, _COUNT(4 * _LANES * number))
            builder.store(total, builder.bitcast(into, _VECTOR.as_pointer()), align=4)

    def _loop(self, starts: Sequence[Any], weight: Any, groups: Any) -> list[Any]:
        """Add up the products of all groups; the sums, row by row."""
        builder = self._builder
        before, body = builder.basic_block, builder.append_basic_block("groups")
        behind = builder.append_basic_block("sums")
        builder.branch(body)
        builder.position_at_end(body)
        group = builder.phi(_COUNT)
        totals = [builder.phi(_VECTOR) for _ in range(self._rows * _REGISTERS)]
        added = self._added(starts, weight, group, totals)
        following = builder.add(group, _COUNT(1))
        group.add_incoming(_COUNT(0), before)
        group.add_incoming(following, body)
        for total, sum_ in zip(totals, added, strict=True):
            total.add_incoming(_ZEROS, before)
            total.add_incoming(sum_, body)
        builder.cbranch(builder.icmp_signed("<", following, groups), body, behind)
        builder.position_at_end(behind)
        return added

    def _added(
        self, starts: Sequence[Any], weight: Any, group: Any, totals: Sequence[Any]
    ) -> list[Any]:
        """Multiply a group of each row with that of all outputs, and add the products."""
        builder = self._builder
        offset = builder.mul(group, _COUNT(WIDTH * GROUP))
        weights = [
            self._load(weight, builder.add(offset, _COUNT(4 * _LANES * v)), _VECTOR)
            for v in range(_REGISTERS)
        ]
        added = []
        for number, start in enumerate(starts):
            four = self._load(start, builder.mul(group, _COUNT(GROUP)), _WORD)
            one = builder.insert_element(_VECTOR(ir.Undefined), four, _WORD(0))
            everywhere = builder.shuffle_vector(one, _VECTOR(ir.Undefined), _ZEROS)
            for v, part in enumerate(weights):
                total = totals[number * _REGISTERS + v]
                added.append(builder.call(self._multiply_add, [total, everywhere, part]))
        return added

    def _at(self, array: Any, offset: Any) -> Any:
        """The address of a byte of an array."""
        first = self._builder.bitcast(array.data, ir.IntType(8).as_pointer())
        return self._builder.gep(first, [offset])

    def _load(self, start: Any, offset: Any, kind: Any) -> Any:
        at = self._builder.gep(start, [offset])
        return self._builder.load(self._builder.bitcast(at, kind.as_pointer()), align=1)


_one, _two, _three, _four = (_tile(rows) for rows in range(1, _ROWS + 1))


@compiled(AS_TORCH)
def _multiply(integers: Bytes, weight: Weights, shift: Integers, scale: Floats, y: Floats) -> None:
    """Multiply unsigned integers, (rows, padded inputs), into `y`."""
    sums = np.empty((_ROWS, WIDTH), np.int32)
    rows, outputs = y.shape
    for block in range(len(weight)):
        first = block * WIDTH
        width = min(WIDTH, outputs - first)
        for row in range(0, rows, _ROWS):
            count = min(_ROWS, rows - row)
            if count == 4:
                _four(integers, row, weight, block, sums)
            elif count == 3:
                _three(integers, row, weight, block, sums)
            elif count == 2:
                _two(integers, row, weight, block, sums)
            else:
                _one(integers, row, weight, block, sums)
            for i in range(count):
                for o in range(width):
                    y[row + i, first + o] = (
                        np.float32(sums[i, o] - shift[first + o]) * scale[first + o]
                    )


_MATRIX, _NUMBERS = "float32[:, ::1]", "float32[::1]"
_WEIGHT = f"int8[:, :, :, ::1], int32[::1], {_NUMBERS}"


@compiled_now(AS_TORCH, f"{_MATRIX}, {_WEIGHT}, {_NUMBERS}, {_MATRIX}")
def multiply_integers(
    rows: Floats, weight: Weights, shift: Integers, scale: Floats, bias: Floats, y: Floats
) -> None:
    """Round rows and multiply them.

    Args:
        rows: (rows, inputs), within the levels.
        weight: As `pack` lays it out.
        shift: What each output has too much, since integers are made unsigned, (outputs).
        scale: Scale of each output, (outputs).
        bias: Added to each row, (outputs); or without elements.
        y: The products, (rows, outputs), to be filled.
    """
    integers = np.empty((len(rows), weight.shape[1] * GROUP), np.uint8)
    for row in range(len(rows)):
        for i in range(rows.shape[1]):
            integers[row, i] = np.uint8(np.int32(np.rint(rows[row, i])) + _SHIFT)
    _multiply(integers, weight, shift, scale, y)
    if bias.size:
        for row in range(len(y)):
            for o in range(y.shape[1]):
                y[row, o] += bias[o]


@compiled_now(AS_TORCH, f"{_MATRIX}, int64, {_WEIGHT}, {_NUMBERS}, {_NUMBERS}, {_MATRIX}")
def multiply_rows(
    x: Floats,
    levels: int,
    weight: Weights,
    shift: Integers,
    scale: Floats,
    bias: Floats,
    ones: Floats,
    y: Floats,
) -> None:
    """Round rows, each between its smallest and its largest number, multiply them, and bring the
    products back to their size.

    Args:
        x: (rows, inputs).
        levels: Largest absolute value of the integers.
        weight: As above, and the next two.
        shift: See above.
        scale: See above.
        bias: Added to each row, (outputs).
        ones: What a row of ones gives, (outputs).
        y: The products, (rows, outputs), to be filled.
    """
    # Behind the inputs the weight is 0, whatever stands there.
    integers = np.empty((len(x), weight.shape[1] * GROUP), np.uint8)
    ranges = np.empty((2, len(x)), np.float32)
    round_to_bytes(x, levels, integers, ranges)
    _multiply(integers, weight, shift, scale, y)
    restore(y, ranges, bias, ones)
