"""Attention of a step: the rows of all cohorts, each to what its own cohort remembers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate

import torch
from torch import Tensor

from workers.decoding.architecture.causal import Model
from workers.decoding.attention.batched import fuses
from workers.decoding.attention.kv_cache import KVCache


class StepAttention:
    """Lets the rows of a step look at the past, layer by layer.

    Args:
        model: Whose layers they go through.
        caches: Of the cohorts; each begins the step here.
        rows: Of each cohort; their rows lie one behind the other.
        device: Of the rows.
        dtype: Likewise.
    """

    def __init__(
        self,
        model: Model,
        caches: Sequence[KVCache],
        rows: Sequence[int],
        device: torch.device,
        dtype: torch.dtype,
    ) -> None:
        self._caches, self._rows = caches, list(rows)
        self._width = model.heads * model.size
        self._fused = fuses(device, dtype)
        for cache in caches:
            cache.begin_step(fused=self._fused)

    def own(self, number: int, qkv: Tensor) -> Tensor:
        """Self-attention of a layer: store the new keys and values, and look at all of the past, of
        which a prompt is a part.

        Args:
            number: Of the layer.
            qkv: (rows, (heads + 2 * key heads) * size).

        Returns:
            (rows, heads * size).
        """
        if self._fused:
            return self._in_place(number, qkv, to_source=False)
        return self._apart(lambda cache, part: cache.attend_own(number, part), qkv)

    def source(self, number: int, query: Tensor) -> Tensor:
        """Attention of a layer to the source; shapes as in `own`, of the queries alone."""
        if self._fused:
            return self._in_place(number, query, to_source=True)
        return self._apart(lambda cache, part: cache.attend_source(number, part), query)

    def _apart(self, look: Callable[[KVCache, Tensor], Tensor], queries: Tensor) -> Tensor:
        parts = zip(self._caches, torch.split(queries, self._rows), strict=True)
        seen = [look(cache, part) for cache, part in parts]
        return seen[0] if len(seen) == 1 else torch.cat(seen)

    def _in_place(self, number: int, queries: Tensor, *, to_source: bool) -> Tensor:
        seen = queries.new_empty(len(queries), self._width)
        # Slices of arrays cost a tenth of slices of tensors, of which there would be thousands.
        into, out_of = seen.numpy(), queries.numpy()
        ends = accumulate(self._rows)
        for cache, count, end in zip(self._caches, self._rows, ends, strict=True):
            part = slice(end - count, end)
            cache.attend_fused(number, out_of[part], into[part], to_source=to_source)
        return seen
