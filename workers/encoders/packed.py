"""The packed path: the tokens of a batch in one tensor, (tokens, width), and no padding anywhere.

What lies between tokens (linear layers, norms, embeddings) never needed to know where a document
ends; only attention does, and it gets that from `Packing`. Krell et al. 2021 and Zeng et al. 2022
("ByteTransformer") train and serve BERT so.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from workers.encoders.interface import Floats, Ints, Row
from workers.layers.encoder_layer import EncoderLayer
from workers.layers.linear import Linear
from workers.layers.norm import Norm
from workers.layers.packing import Packing
from workers.layers.vocabulary import check_known
from workers.runtime.device_errors import is_out_of_memory, raise_worker_fault
from workers.runtime.progress import no_progress
from workers.runtime.transfer import AsyncCopy, to_device

#: A function from the ids of all rows, one after the other, and the tokens of each row, to each
#: token's row in the table of position embeddings.
PositionIds = Callable[[Ints, Sequence[int]], Ints]


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Turns token ids into the input of the first layer.

    Attributes:
        words: The table of tokens, (vocabulary, width).
        types: The table for the parts of a pair, (types, width).
        positions: The table of positions, (positions, width).
        position_ids: The function that gives each token its row in `positions`.
        norm: The norm of their sum.
        project: The linear layer before the norm, where embeddings are narrower than layers.
    """

    words: Tensor
    types: Tensor | None
    positions: Tensor | None
    position_ids: PositionIds
    norm: Norm
    project: Linear | None = None

    def __call__(self, ids: Tensor, types: Tensor, position_ids: Tensor) -> Tensor:
        """Embed tokens, each argument (tokens) in int64, as (tokens, width)."""
        hidden = functional.embedding(ids, self.words)
        if self.types is not None:
            hidden += functional.embedding(types, self.types)
        if self.positions is not None:
            hidden += functional.embedding(position_ids, self.positions)
        return self.norm(self.project(hidden) if self.project else hidden)


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Body:
    """An encoder without a head; several heads may stand on it."""

    embeddings: Embeddings
    layers: Sequence[EncoderLayer]


@dataclass(frozen=True, slots=True)
class Head:
    """Turns the output of the last layer into logits.

    Attributes:
        classify: The function from (tokens, width) to (tokens, classes), in float32.
        firsts_only: Whether it reads nothing but the first token of each row.
        means: Whether it reads the mean over the tokens of each row.
    """

    classify: Callable[[Tensor], Tensor]
    firsts_only: bool
    means: bool = False


class PackedEncoder:
    """Computes a model over packed rows; it is an `EncoderForward`.

    Args:
        body: The embeddings and layers.
        head: The head.
        takes_types: Whether the tokenizer tells the parts of a pair apart; else all are of type 0.
        device: Where the weights are.

    Attributes:
        body: As given.
    """

    def __init__(self, body: Body, head: Head, takes_types: bool, device: torch.device) -> None:
        self.body = body
        self._head = head
        self._takes_types = takes_types
        self._device = device
        self._turn = threading.Lock()

    def __call__(self, rows: Sequence[Row], on_layer: Callable[[], None] = no_progress) -> Floats:
        """One batch through the model.

        Raises:
            ValueError: If a row has no token.
            IndexError: If a row has a token that the model does not know.
        """
        (logits,) = self._run(rows, [self._head], on_layer, isolated=False)
        assert not isinstance(logits, Exception)
        return logits

    def together(
        self,
        rows: Sequence[Row],
        others: Sequence[PackedEncoder],
        on_layer: Callable[[], None] = no_progress,
    ) -> list[Floats | Exception]:
        """One batch once through the body, and through the heads of several encoders with this
        same body.

        Args:
            rows: One batch.
            others: Encoders whose heads are wanted, this one among them if its own is.
            on_layer: See `EncoderForward`.

        Returns:
            Of each of them its logits, or what its head raised, which is no fault of the others'.

        Raises:
            ValueError: As a call, likewise IndexError.
            torch.OutOfMemoryError: If the batch is too large, be it for a head alone.
        """
        heads = [other._head for other in others]
        return self._run(rows, heads, on_layer, isolated=True)

    def _run(
        self,
        rows: Sequence[Row],
        heads: Sequence[Head],
        on_layer: Callable[[], None],
        *,
        isolated: bool,
    ) -> list[Floats | Exception]:
        with torch.inference_mode():
            inputs, packing = self._inputs(rows)
            if self._device.type == "cpu":
                hidden = self._hidden(inputs, packing, heads, on_layer)
                return [_logits(head, hidden, packing, isolated) for head in heads]
            # One batch behind the other, its outputs behind it: memory is for one at a time,
            # and while the last lane's is computed, the others have time to read theirs.
            with self._turn:
                hidden = self._hidden(inputs, packing, heads, no_progress)
                copies = [_copy(head, hidden, packing, isolated) for head in heads]
            on_layer()
            return [copy if isinstance(copy, Exception) else copy.wait().numpy() for copy in copies]

    def _hidden(
        self,
        inputs: Tensor,
        packing: Packing,
        heads: Sequence[Head],
        on_layer: Callable[[], None],
    ) -> Tensor:
        """The output of the last layer: of each row's first token alone, (rows, width), if no head
        reads another; else of all, (tokens, width).
        """
        hidden = self.body.embeddings(*inputs)
        *before, last = self.body.layers
        for layer in before:
            hidden = layer(hidden, packing)
            on_layer()
        step = last.firsts if all(head.firsts_only for head in heads) else last
        return step(hidden, packing).float()

    def _inputs(self, rows: Sequence[Row]) -> tuple[Tensor, Packing]:
        """Ids, types and position ids, (3, tokens), in one copy to the device."""
        ids = [row.ids for row in rows]
        lengths = [len(row) for row in ids]
        if 0 in lengths:
            raise ValueError("a row without a token")
        inputs = np.zeros((3, sum(lengths)), dtype=np.int64)
        inputs[0] = np.fromiter(chain.from_iterable(ids), np.int64)
        check_known(int(inputs[0].max()), len(self.body.embeddings.words))
        if self._takes_types:
            inputs[1] = np.fromiter(chain.from_iterable(row.type_ids for row in rows), np.int64)
        inputs[2] = self.body.embeddings.position_ids(inputs[0], lengths)
        return to_device(torch.from_numpy(inputs), self._device), Packing(lengths, self._device)


def _logits(
    head: Head, hidden: Tensor, packing: Packing, isolated: bool
) -> npt.NDArray[np.float32] | Exception:
    logits = _classified(head, hidden, packing, isolated)
    return logits if isinstance(logits, Exception) else logits.numpy()


def _copy(head: Head, hidden: Tensor, packing: Packing, isolated: bool) -> AsyncCopy | Exception:
    logits = _classified(head, hidden, packing, isolated)
    return logits if isinstance(logits, Exception) else AsyncCopy(logits)


def _classified(head: Head, hidden: Tensor, packing: Packing, isolated: bool) -> Tensor | Exception:
    """What a head makes of the last layer; where it is `isolated`, or what it raised."""
    has_all = len(hidden) != len(packing.lengths)
    try:
        if head.means:
            hidden = _means(hidden, packing)
        return head.classify(hidden[packing.firsts] if head.firsts_only and has_all else hidden)
    except Exception as error:
        if not isolated or is_out_of_memory(error):
            raise
        raise_worker_fault(error)
        # Whoever keeps its frames keeps the tensors of the batch.
        return error.with_traceback(None)


def _means(hidden: Tensor, packing: Packing) -> Tensor:
    """The mean over the tokens of each row, (rows, width); summed in their order, so that it does
    not depend on the row's neighbours.
    """
    lengths = packing.cumulative.diff()
    return torch.segment_reduce(hidden, "mean", lengths=lengths, axis=0, unsafe=True)


def position_ids_from_0(ids: Ints, lengths: Sequence[int]) -> Ints:
    """The position of each token in its row, counted from 0."""
    return np.concatenate([np.arange(length) for length in lengths])
