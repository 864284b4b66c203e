"""Products of a few rows in int8 by VNNI, with all that is done to the rows before and behind.

Libraries are made for many rows: for a few, most of their time goes to their own packing, and a
thread that calls three functions for a layer waits for Python's lock three times. Here a row is
rounded, multiplied and brought back in one call, and weights are read at the speed of memory.
Compiled by Numba for the processor at hand; importing this module fails where that has no VNNI, or
Numba is told not to use it. Numba keeps what it compiles until this file changes.
"""

from __future__ import annotations

from collections.abc import Callable
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
#: Integers of 32 bits in a register.
_LANES = 16
_INSTRUCTION = "llvm.x86.avx512.vpdpbusd.512"

if "+avx512vnni" not in cpu_target.target_context.codegen()._get_host_cpu_features():
    raise ImportError("Numba does not use VNNI here")


def _tile(rows: int) -> Callable[..., None]:
    """Make the product of so many rows with one block of a weight.

    Returns:
        A function for compiled ones, of integers, (rows, inputs), and the first row; a weight,
        (blocks, groups, WIDTH, GROUP), and the block; and sums, (rows, WIDTH), to be filled.
    """

    def typed(_: Any, integers: Any, row: Any, weight: Any, block: Any, sums: Any) -> Any:
        return types.void(integers, types.int64, weight, types.int64, sums), _generator(rows)

    return intrinsic(typed)


def _generator(rows: int) -> Callable[[Any, Any, Any, Any], Any]:
    word, count = ir.IntType(32), ir.IntType(64)
    vector = ir.VectorType(word, _LANES)
    registers = range(WIDTH // _LANES)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array_types = [signature.args[n] for n in (0, 2, 4)]
        integers, weight, sums = (
            context.make_array(kind)(context, builder, arguments[n])
            for kind, n in zip(array_types, (0, 2, 4), strict=True)
        )
        row, block = arguments[1], arguments[3]
        inputs = builder.extract_value(integers.shape, 1)
        groups = builder.extract_value(weight.shape, 1)
        bytes_ = [builder.bitcast(a.data, ir.IntType(8).as_pointer()) for a in (integers, weight)]
        size = builder.mul(groups, count(WIDTH * GROUP))
        at = builder.gep(bytes_[1], [builder.mul(block, size)])
        starts = [
            builder.gep(bytes_[0], [builder.mul(builder.add(row, count(r)), inputs)])
            for r in range(rows)
        ]
        multiply = builder.module.declare_intrinsic(
            _INSTRUCTION, fnty=ir.FunctionType(vector, [vector, vector, vector])
        )

        def load(pointer: Any, offset: Any, kind: Any) -> Any:
            address = builder.bitcast(builder.gep(pointer, [offset]), kind.as_pointer())
            return builder.load(address, align=1)

        before, body, end = (
            builder.basic_block,
            builder.append_basic_block("groups"),
            builder.append_basic_block("sums"),
        )
        builder.branch(body)
        builder.position_at_end(body)
        group = builder.phi(count)
        group.add_incoming(count(0), before)
        totals = [[builder.phi(vector) for _ in registers] for _ in range(rows)]
        offset = builder.mul(group, count(WIDTH * GROUP))
        weights = [load(at, builder.add(offset, count(64 * v)), vector) for v in registers]
        added: list[list[Any]] = []
        for start, own in zip(starts, totals, strict=True):
            four = load(start, builder.mul(group, count(GROUP)), word)
            one = builder.insert_element(vector(ir.Undefined), four, word(0))
            zeros = ir.Constant(vector, [0] * _LANES)
            all_ = builder.shuffle_vector(one, vector(ir.Undefined), zeros)
            added.append([builder.call(multiply, [own[v], all_, weights[v]]) for v in registers])
        following = builder.add(group, count(1))
        group.add_incoming(following, body)
        for own, new in zip(totals, added, strict=True):
            for total, sum_ in zip(own, new, strict=True):
                total.add_incoming(ir.Constant(vector, [0] * _LANES), before)
                total.add_incoming(sum_, body)
        builder.cbranch(builder.icmp_signed("<", following, groups), body, end)
        builder.position_at_end(end)
        into = builder.bitcast(sums.data, word.as_pointer())
        for r, new in enumerate(added):
            for v in registers:
                place = builder.gep(into, [count(r * WIDTH + v * _LANES)])
                builder.store(new[v], builder.bitcast(place, vector.as_pointer()), align=4)
        return context.get_dummy_value()

    return generate


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


_MATRIX, _VECTOR = "float32[:, ::1]", "float32[::1]"
_WEIGHT = f"int8[:, :, :, ::1], int32[::1], {_VECTOR}"


@compiled_now(AS_TORCH, f"{_MATRIX}, {_WEIGHT}, {_VECTOR}, {_MATRIX}")
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


@compiled_now(AS_TORCH, f"{_MATRIX}, int64, {_WEIGHT}, {_VECTOR}, {_VECTOR}, {_MATRIX}")
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
