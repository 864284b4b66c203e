"""Positions by turning queries and keys (RoPE, Su et al. 2021), as Llama does it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class RotaryEmbedding:
    """Turns pairs of dimensions, half a head apart, each pair at a speed of its own.

    Attributes:
        speeds: Radians for each position, (size / 2), in float32.
        scaling: What sines and cosines are multiplied by.
        heads: Of queries and keys together.
        dtype: Of what is turned.
    """

    speeds: Tensor
    scaling: float
    heads: int
    dtype: torch.dtype

    def __call__(self, positions: Tensor) -> Turned:
        """What turns the queries and keys at some positions, (rows)."""
        angles = positions[:, None, None].float() * self.speeds
        cosines, sines = angles.cos() * self.scaling, angles.sin() * self.scaling
        return Turned(cosines.to(self.dtype), sines.to(self.dtype), self.heads)


@dataclass(frozen=True, slots=True)
class Turned:
    """Turns the queries and keys of rows whose positions are known.

    Attributes:
        cosines: (rows, 1, size / 2).
        sines: Likewise.
        heads: As in `RotaryEmbedding`.
    """

    cosines: Tensor
    sines: Tensor
    heads: int

    def __call__(self, qkv: Tensor) -> Tensor:
        """(rows, heads of queries, keys and values * size), turned in place."""
        half = self.cosines.shape[-1]
        shape = (len(qkv), qkv.shape[1] // (2 * half), 2, half)
        turned = qkv.view(shape)[:, : self.heads]
        first, second = turned.unbind(2)
        new = first * self.cosines - second * self.sines
        second.mul_(self.cosines).addcmul_(first, self.sines)
        first.copy_(new)
        return qkv
