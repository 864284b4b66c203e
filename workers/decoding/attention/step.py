"""Attention of a step: the rows of all cohorts, each to the KV cache of its own cohort."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate

import torch
from torch import Tensor

from workers.decoding.architecture.causal import Model
from workers.decoding.attention.batched import fuses
from workers.decoding.attention.kv_cache import KVCache


class StepAttention:
    """Computes the attention of all rows of a step, layer by layer.

    Args:
        model: The model whose layers they go through.
        caches: The KV caches of the cohorts; each begins the step here.
        rows: The number of rows of each cohort; their rows lie one behind the other.
        device: The device of the rows.
        dtype: The dtype of the rows.
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
        """Compute self-attention of a layer: store the new keys and values, and attend to all that
        was written before, a prompt included.

        Args:
            number: The number of the layer.
            qkv: Queries, keys and values, (rows, (heads + 2 * key heads) * size).

        Returns:
            (rows, heads * size).
        """
        if self._fused:
            return self._attend_fused(number, qkv, to_source=False)
        return self._by_cohort(lambda cache, part: cache.attend_own(number, part), qkv)

    def source(self, number: int, query: Tensor) -> Tensor:
        """Compute attention of a layer to the source; shapes as in `own`, of the queries alone."""
        if self._fused:
            return self._attend_fused(number, query, to_source=True)
        return self._by_cohort(lambda cache, part: cache.attend_source(number, part), query)

    def _by_cohort(self, attend: Callable[[KVCache, Tensor], Tensor], queries: Tensor) -> Tensor:
        parts = zip(self._caches, torch.split(queries, self._rows), strict=True)
        seen = [attend(cache, part) for cache, part in parts]
        return seen[0] if len(seen) == 1 else torch.cat(seen)

    def _attend_fused(self, number: int, queries: Tensor, *, to_source: bool) -> Tensor:
        seen = queries.new_empty(queries.shape[0], self._width)
        # Slices of arrays cost a tenth of slices of tensors, of which there would be thousands.
        into, out_of = seen.numpy(), queries.numpy()
        ends = accumulate(self._rows)
        for cache, count, end in zip(self._caches, self._rows, ends, strict=True):
            part = slice(end - count, end)
            cache.attend_fused(number, out_of[part], into[part], to_source=to_source)
        return seen
