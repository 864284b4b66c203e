"""The KV cache of a cohort: keys and values of what was read and of the tokens written since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from workers.decoding.architecture.causal import Causal, Model
from workers.decoding.attention.batched import Memory, attend, fused_attention
from workers.decoding.attention.kv_layout import padded_at_once, padded_by_runs
from workers.layers.packing import Packing
from workers.runtime.transfer import to_device

#: Slots by which a cache grows at the least.
_GROWTH = 32
#: Steps between two searches for slots that no beam sees any more.
_COMPACT_INTERVAL = 16
#: The part of the slots that has to be in use to leave them where they are.
_WORTH = 0.75

_Floats = npt.NDArray[np.float32]
#: The array that stands for no bias in `attend_fused`.
_NO_BIAS: _Floats = np.empty((0, 0, 0, 0), np.float32)


class KVCache:
    """Holds keys and values of documents that are at the same step.

    Nothing is copied from beam to beam: in each step every beam of a document fills one slot, and
    `seen` says which slots are a beam's own past. Beams share what they have in common, and slots
    that no beam of a document sees any more are given up from time to time. What was read before
    anything was written, a source or a prompt, stays where it is; all beams see it.

    Args:
        model: The model whose layers fill it.
        read: Keys and values of sources or prompts for each layer, (tokens, 2 * key heads * size),
            in the order of the packing.
        packing: Where the documents lie in `read`.
        beams: Rows of a document.
    """

    def __init__(self, model: Model, read: Iterable[Tensor], packing: Packing, beams: int) -> None:
        self._model, self._beams = model, beams
        self.documents = len(packing.lengths)
        self._source = [_padded(each, packing, model.key_heads, model.size) for each in read]
        some = self._source[0][0]
        self._source_bias = _padding_bias(packing, some.dtype)
        # These are for `attend_fused`, which takes arrays.
        self._lengths = np.array(packing.lengths, np.int64)
        self._not_read = np.zeros_like(self._lengths)
        self._bias_array = _NO_BIAS
        # The memory of `_source` and `_own`: to make arrays of it in every layer would cost more
        # than to look at a small cohort.
        self._layers: list[tuple[_Floats, _Floats, _Floats, _Floats]] | None = None
        self._used = 0
        shape = (self.documents, model.key_heads, _GROWTH, model.size)
        self._own = [(some.new_empty(shape), some.new_empty(shape)) for _ in model.decoder]
        device = some.device
        self._seen = torch.zeros(self.documents, beams, 0, dtype=torch.bool, device=device)
        self._positions = torch.zeros(self.documents, 0, dtype=torch.long, device=device)
        self._bias: Tensor | None = None
        self._step = 0

    def begin_step(self, *, fused: bool) -> None:
        """Add slots for the step's tokens, one for each beam.

        Args:
            fused: Whether the step uses `attend_fused`.
        """
        needed = self._used + self._beams
        if needed > self._own[0][0].shape[2]:
            self._grow(max(needed, self._used * 3 // 2) + _GROWTH)
        documents, device = self.documents, self._seen.device
        if self._beams > 1:
            own = torch.eye(self._beams, dtype=torch.bool, device=device)
            seen = torch.cat((self._seen, own.expand(documents, -1, -1)), dim=2)
            self._seen = seen
        if self._model.relative_bias is not None:
            now = torch.full((documents, self._beams), self._step, device=device)
            self._positions = torch.cat((self._positions, now), dim=1)
        self._bias = self._own_bias(self._own[0][0].dtype)
        if fused:
            bias = self._bias
            self._bias_array = _NO_BIAS if bias is None else bias.contiguous().numpy()

    def _own_bias(self, dtype: torch.dtype) -> Tensor | None:
        bias: Tensor | None = None
        if self._beams > 1:
            bias = torch.zeros_like(self._seen, dtype=dtype)
            bias = bias.masked_fill_(~self._seen, -torch.inf)[:, None]
        if self._model.relative_bias is not None:
            relative = self._model.relative_bias(self._step - self._positions)
            relative = relative.transpose(0, 1)[:, :, None].to(dtype)
            bias = relative if bias is None else bias + relative
        return bias

    def attend_own(self, number: int, qkv: Tensor) -> Tensor:
        """Compute `StepAttention.own` for the cohort's rows."""
        model, end = self._model, self._used + self._beams
        heads = [model.heads, model.key_heads, model.key_heads]
        shape = (self.documents, self._beams, sum(heads), model.size)
        query, key, value = torch.split(qkv.view(shape).transpose(1, 2), heads, dim=1)
        keys, values = (part[: self.documents, :, :end] for part in self._own[number])
        keys[:, :, self._used :] = key
        values[:, :, self._used :] = value
        own = (keys, values, self._bias)
        if isinstance(model, Causal):
            return attend(query, self._read(number), own)
        return attend(query, own)

    def attend_source(self, number: int, query: Tensor) -> Tensor:
        """Compute `StepAttention.source` for the cohort's rows."""
        model = self._model
        shape = (self.documents, self._beams, model.heads, model.size)
        return attend(query.view(shape).transpose(1, 2), self._read(number))

    def attend_fused(self, number: int, queries: _Floats, out: _Floats, *, to_source: bool) -> None:
        """Compute either of these by one compiled function on arrays.

        Args:
            number: The number of the layer.
            queries: The queries, and for `own` the new keys and values behind them.
            out: (documents * beams, heads * size), to be filled.
            to_source: Whether it is `attend_source` that is computed.
        """
        compiled = fused_attention()
        assert compiled is not None
        keys, values, own_keys, own_values = self._arrays()[number]
        also_read = to_source or isinstance(self._model, Causal)
        lengths = (self._lengths if also_read else self._not_read)[: self.documents]
        slots = 0 if to_source else self._used + self._beams
        bias = _NO_BIAS if to_source else self._bias_array
        compiled(
            queries, out, self._beams, keys, values, lengths, own_keys, own_values, slots, bias
        )

    def _arrays(self) -> list[tuple[_Floats, _Floats, _Floats, _Floats]]:
        """For each layer the keys and values of what was read, and those of what was written."""
        if self._layers is None:
            pairs = zip(self._source, self._own, strict=True)
            self._layers = [
                (read[0].numpy(), read[1].numpy(), own[0].numpy(), own[1].numpy())
                for read, own in pairs
            ]
        return self._layers

    def _read(self, number: int) -> Memory:
        keys, values = (part[: self.documents] for part in self._source[number])
        bias = None if self._source_bias is None else self._source_bias[: self.documents]
        return keys, values, bias

    def end_step(self, parents: Tensor | None) -> None:
        """Count the slots that the step has filled, and follow the beams that go on.

        Args:
            parents: (documents, beams): which beam each of the next ones goes on from; None if each
                goes on from itself.
        """
        self._used += self._beams
        self._step += 1
        if parents is not None and self._beams > 1:
            self._seen = self._seen.gather(1, parents[:, :, None].expand_as(self._seen))
            if self._step % _COMPACT_INTERVAL == 0:
                self._drop_unseen()

    def _drop_unseen(self) -> None:
        in_use = self._seen.any(dim=1)
        used = int(in_use.sum(dim=1).max())
        if used > self._used * _WORTH:
            return
        # (documents, used): the slots in use, then as many others as it takes; these nobody sees.
        slots = in_use.to(torch.int8).argsort(dim=1, descending=True, stable=True)[:, :used]
        _, heads, _, size = self._own[0][0].shape
        wide = slots[:, None, :, None].expand(-1, heads, -1, size)
        for pair in self._own:
            for part in pair:
                part[: self.documents, :, :used] = part[: self.documents].gather(2, wide)
        self._seen = self._seen.gather(2, slots[:, None].expand(-1, self._beams, -1))
        if self._model.relative_bias is not None:
            self._positions = self._positions.gather(1, slots)
        self._used = used

    def keep(self, left: int, holes: Tensor, movers: Tensor) -> None:
        """Close the gaps of finished documents: document `movers[i]` moves to `holes[i]`, then all
        from `left` on are dropped. Every state of a cohort does the same in the same order.

        Args:
            left: Documents that remain.
            holes: Indices below `left` whose documents are finished.
            movers: As many indices from `left` on whose documents remain.
        """
        if len(holes):
            for pair in self._source:
                for part in pair:
                    part[holes] = part[movers]
            for pair in self._own:
                for part in pair:
                    part[holes, :, : self._used] = part[movers, :, : self._used]
        if 2 * left <= len(self._source[0][0]):
            # Others are given the memory of those that have gone: nobody else may hold it.
            self._layers = None
            for layers in (self._source, self._own):
                for number, (keys, values) in enumerate(layers):
                    layers[number] = keys[:left].clone(), values[:left].clone()
        if holes.device.type == "cpu":
            self._lengths[holes.numpy()] = self._lengths[movers.numpy()]
        if self._source_bias is not None:
            self._source_bias[holes] = self._source_bias[movers]
        self._seen[holes], self._positions[holes] = self._seen[movers], self._positions[movers]
        self._seen, self._positions = self._seen[:left], self._positions[:left]
        self.documents = left

    def _grow(self, slots: int) -> None:
        # Layer by layer: not all are twice in memory, if nobody else holds them.
        self._layers = None
        for number, (keys, values) in enumerate(self._own):
            self._own[number] = self._grown(keys, slots), self._grown(values, slots)

    def _grown(self, part: Tensor, slots: int) -> Tensor:
        _, heads, _, size = part.shape
        grown = part.new_empty(self.documents, heads, slots, size)
        grown[:, :, : self._used] = part[: self.documents, :, : self._used]
        return grown


def _padded(keys_values: Tensor, packing: Packing, heads: int, size: int) -> tuple[Tensor, Tensor]:
    """Pad (tokens, 2 * heads * size) to keys and values of (documents, heads, longest, size)."""
    # To a GPU, a copy for each length would be as many kernels.
    way = padded_at_once if keys_values.is_cuda else padded_by_runs
    keys, values = way(keys_values.view(-1, 2, heads, size), packing)
    return keys, values


def _padding_bias(packing: Packing, dtype: torch.dtype) -> Tensor | None:
    """The bias that hides padding, (documents, 1, 1, longest): -inf where a source has ended; None
    if all end together.
    """
    lengths: Sequence[int] = packing.lengths
    if min(lengths) == max(lengths):
        return None
    positions = torch.arange(max(lengths), device=packing.device)
    ended = positions[None] >= to_device(torch.tensor(lengths), packing.device)[:, None]
    bias = torch.zeros(ended.shape, dtype=dtype, device=packing.device)
    return bias.masked_fill_(ended, -torch.inf)[:, None, None]
