"""Fused attention: a decoding step in one pass over memory, on a CPU in float32.

A step has a single query for each beam: keys and values are read once, and little is computed with
them. Batched matrix products are made for more than that, and what lies between them (copies,
biases, the softmax) is written and read again. Here a head's scores, their softmax and its values
follow one another, and the padding behind shorter sources is not read. Compiled by Numba for
the processor at hand; importing this module takes seconds on a machine's first time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workers.runtime.compiled import ANY_ORDER, compiled, compiled_now

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]
Bits = NDArray[np.int32]

#: exp(x) = 2^n * exp(r) with |r| <= ln(2) / 2, as `expf` of the Cephes library (Moshier 1992) has
#: it: ln(2) in two parts, and a polynomial.
_LOG2_E = np.float32(1.44269504)
_LN2, _LN2_REST = np.float32(0.693359375), np.float32(-2.12194440e-4)
_A, _B, _C = np.float32(1.9875691500e-4), np.float32(1.3981999507e-3), np.float32(8.3334519073e-3)
_D, _E, _F = np.float32(4.1665795894e-2), np.float32(1.6666665459e-1), np.float32(0.5)
#: The least argument of exp, and the n at which exp counts as 0.
_LEAST, _LEAST_N = np.float32(-87.0), -126


@compiled(ANY_ORDER)
def _score(
    queries: Floats, keys: Floats, document: int, head: int, slots: int, scores: Floats, at: int
) -> None:
    """Multiply queries with keys, four keys at once, into `scores[:, at : at + slots]`."""
    rows, size = queries.shape
    whole = slots // 4 * 4
    for s in range(0, whole, 4):
        for i in range(rows):
            a, b, c, d = np.float32(0), np.float32(0), np.float32(0), np.float32(0)
            for x in range(size):
                q = queries[i, x]
                a += q * keys[document, head, s, x]
                b += q * keys[document, head, s + 1, x]
                c += q * keys[document, head, s + 2, x]
                d += q * keys[document, head, s + 3, x]
            scores[i, at + s], scores[i, at + s + 1] = a, b
            scores[i, at + s + 2], scores[i, at + s + 3] = c, d
    for s in range(whole, slots):
        for i in range(rows):
            a = np.float32(0)
            for x in range(size):
                a += queries[i, x] * keys[document, head, s, x]
            scores[i, at + s] = a


@compiled(ANY_ORDER)
def _softmax(scores: Floats, bits: Bits, powers: Bits, i: int, slots: int) -> None:
    """Compute the softmax of row `i` in place; `bits` is the same memory, `powers` is as long."""
    top = np.float32(-np.inf)
    for s in range(slots):
        top = max(top, scores[i, s])
    for s in range(slots):
        x = max(scores[i, s] - top, _LEAST)
        n = np.floor(x * _LOG2_E + np.float32(0.5))
        r = x - n * _LN2 - n * _LN2_REST
        polynomial = ((((_A * r + _B) * r + _C) * r + _D) * r + _E) * r + _F
        scores[i, s] = polynomial * r * r + r + np.float32(1)
        powers[s] = np.int32(n)
    # To multiply with 2^n is to add n to the exponent.
    for s in range(slots):
        bits[i, s] = bits[i, s] + (powers[s] << 23) if powers[s] > _LEAST_N else 0
    total = np.float32(0)
    for s in range(slots):
        total += scores[i, s]
    part = np.float32(1) / total
    for s in range(slots):
        scores[i, s] *= part


@compiled(ANY_ORDER)
def _add_values(
    weights: Floats, at: int, values: Floats, document: int, head: int, slots: int, seen: Floats
) -> None:
    """Add values times `weights[:, at : at + slots]` to `seen`, eight values at once."""
    rows, size = seen.shape
    whole = slots // 8 * 8
    for s in range(0, whole, 8):
        for i in range(rows):
            a, b = weights[i, at + s], weights[i, at + s + 1]
            c, d = weights[i, at + s + 2], weights[i, at + s + 3]
            e, f = weights[i, at + s + 4], weights[i, at + s + 5]
            g, h = weights[i, at + s + 6], weights[i, at + s + 7]
            for x in range(size):
                seen[i, x] += (
                    (a * values[document, head, s, x] + b * values[document, head, s + 1, x])
                    + (c * values[document, head, s + 2, x] + d * values[document, head, s + 3, x])
                ) + (
                    (e * values[document, head, s + 4, x] + f * values[document, head, s + 5, x])
                    + (g * values[document, head, s + 6, x] + h * values[document, head, s + 7, x])
                )
    for s in range(whole, slots):
        for i in range(rows):
            weight = weights[i, at + s]
            for x in range(size):
                seen[i, x] += weight * values[document, head, s, x]


@compiled(ANY_ORDER)
def _store(
    queries: Floats, behind: int, beams: int, keys: Floats, values: Floats, document: int, used: int
) -> None:
    """Copy a document's new keys and values, which lie behind the queries, into the next slots."""
    _, heads, _, size = keys.shape
    for beam in range(beams):
        row = document * beams + beam
        for head in range(heads):
            for x in range(size):
                column = behind + head * size + x
                keys[document, head, used + beam, x] = queries[row, column]
                values[document, head, used + beam, x] = queries[row, column + heads * size]


_ROWS, _MEMORY = "float32[:, ::1]", "float32[:, :, :, ::1]"


@compiled_now(
    ANY_ORDER,
    f"{_ROWS}, {_ROWS}, int64, {_MEMORY}, {_MEMORY}, int64[::1], "
    f"{_MEMORY}, {_MEMORY}, int64, {_MEMORY}",
)
def attend_fused(
    queries: Floats,
    out: Floats,
    beams: int,
    source_keys: Floats,
    source_values: Floats,
    lengths: Integers,
    keys: Floats,
    values: Floats,
    slots: int,
    bias: Floats,
) -> None:
    """Compute attention with one softmax over a source, or prompt, and what was written since.

    Args:
        queries: Scaled queries, (documents * beams, heads * size), and behind them, if `slots`,
            keys and values of the same rows, (…, 2 * key heads * size).
        out: The result, (documents * beams, heads * size), to be filled.
        beams: Rows of a document.
        source_keys: Keys of the sources, (at least documents, key heads, at least the longest,
            size); neighbouring heads of the queries share one of them.
        source_values: Values of the sources, of the same shape.
        lengths: Tokens of the sources, (documents); zeros to leave them out.
        keys: Keys of what was written, (at least documents, key heads, at least `slots`, size); the
            last `beams` of the slots are filled here.
        values: Values of what was written, of the same shape.
        slots: Number of slots to attend to; 0 to leave them out.
        bias: Added to the scores of what was written, (documents, 1 or heads, beams, slots); or
            without elements.
    """
    _, heads, _, size = keys.shape
    group = out.shape[1] // (heads * size)
    rows, most = beams * group, lengths.max() + slots
    own, seen = np.empty((rows, size), np.float32), np.empty((rows, size), np.float32)
    scores, powers = np.empty((rows, most), np.float32), np.empty(most, np.int32)
    bits = scores.view(np.int32)
    for document in range(len(lengths)):
        length = lengths[document]
        if slots:
            _store(queries, out.shape[1], beams, keys, values, document, slots - beams)
        for head in range(heads):
            for i in range(rows):
                row, column = document * beams + i // group, (head * group + i % group) * size
                for x in range(size):
                    own[i, x] = queries[row, column + x]
                    seen[i, x] = 0
            _score(own, source_keys, document, head, length, scores, 0)
            _score(own, keys, document, head, slots, scores, length)
            for i in range(rows):
                if bias.size:
                    of = head * group + i % group if bias.shape[1] > 1 else 0
                    for s in range(slots):
                        scores[i, length + s] += bias[document, of, i // group, s]
                _softmax(scores, bits, powers, i, length + slots)
            _add_values(scores, 0, source_values, document, head, length, seen)
            _add_values(scores, length, values, document, head, slots, seen)
            for i in range(rows):
                row, column = document * beams + i // group, (head * group + i % group) * size
                for x in range(size):
                    out[row, column + x] = seen[i, x]
