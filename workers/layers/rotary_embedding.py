"""Rotary position embedding (RoPE, Su et al. 2021), as Llama does it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class RotaryEmbedding:
    """Rotates pairs of dimensions, half a head apart, each pair at a speed of its own.

    Attributes:
        speeds: Radians for each position, (size / 2), in float32.
        scaling: Factor of sines and cosines.
        heads: Heads of queries and keys together.
        dtype: Dtype of queries and keys.
    """

    speeds: Tensor
    scaling: float
    heads: int
    dtype: torch.dtype

    def __call__(self, positions: Tensor) -> Rotation:
        """Make the rotation of queries and keys at some positions, (rows)."""
        angles = positions[:, None, None].float() * self.speeds
        cosines, sines = angles.cos() * self.scaling, angles.sin() * self.scaling
        return Rotation(cosines.to(self.dtype), sines.to(self.dtype), self.heads)


@dataclass(frozen=True, slots=True)
class Rotation:
    """Rotates the queries and keys of rows by the positions of these.

    Attributes:
        cosines: Cosines of the angles, (rows, 1, size / 2).
        sines: Sines of the angles, of the same shape.
        heads: Heads of queries and keys together.
    """

    cosines: Tensor
    sines: Tensor
    heads: int

    def __call__(self, qkv: Tensor) -> Tensor:
        """Rotate `qkv`, (rows, heads of queries, keys and values * size), in place; values stay."""
        half = self.cosines.shape[-1]
        shape = (len(qkv), qkv.shape[1] // (2 * half), 2, half)
        pairs = qkv.view(shape)[:, : self.heads]
        first, second = pairs.unbind(2)
        new = first * self.cosines - second * self.sines
        second.mul_(self.cosines).addcmul_(first, self.sines)
        first.copy_(new)
        return qkv
