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
import torch
from torch import Tensor
from torch.nn import functional

from workers.encoders.interface import Floats, Ints, Row
from workers.layers.encoder_layer import EncoderLayer
from workers.layers.linear import Linear
from workers.layers.norm import Norm
from workers.layers.packing import Packing
from workers.layers.vocabulary import check_known
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


@dataclass(frozen=True, slots=True)
class Body:
    """An encoder without a head."""

    embeddings: Embeddings
    layers: Sequence[EncoderLayer]


@dataclass(frozen=True, slots=True)
class Head:
    """Turns the output of the last layer into logits.

    Attributes:
        classify: The function from (tokens, width) to (tokens, classes), in float32.
        firsts_only: Whether it reads nothing but the first token of each row.
    """

    classify: Callable[[Tensor], Tensor]
    firsts_only: bool


class PackedEncoder:
    """Computes a model over packed rows; it is an `EncoderForward`.

    Args:
        body: The embeddings and layers.
        head: The head.
        takes_types: Whether the tokenizer tells the parts of a pair apart; else all are of type 0.
        device: Where the weights are.
    """

    def __init__(self, body: Body, head: Head, takes_types: bool, device: torch.device) -> None:
        self._body = body
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
        with torch.inference_mode():
            inputs, packing = self._inputs(rows)
            if self._device.type == "cpu":
                logits = self._logits(inputs, packing, on_layer)
            else:
                # One batch behind the other, its outputs behind it: memory is for one at a time,
                # and while the last lane's is computed, the others have time to read theirs.
                with self._turn:
                    fetched = AsyncCopy(self._logits(inputs, packing, no_progress))
                on_layer()
                logits = fetched.wait()
            result: Floats = logits.numpy()
        return result

    def _logits(self, inputs: Tensor, packing: Packing, on_layer: Callable[[], None]) -> Tensor:
        hidden = self._body.embeddings(*inputs)
        *before, last = self._body.layers
        for layer in before:
            hidden = layer(hidden, packing)
            on_layer()
        step = last.firsts if self._head.firsts_only else last
        return self._head.classify(step(hidden, packing).float())

    def _inputs(self, rows: Sequence[Row]) -> tuple[Tensor, Packing]:
        """Ids, types and position ids, (3, tokens), in one copy to the device."""
        ids = [row.ids for row in rows]
        lengths = [len(row) for row in ids]
        if 0 in lengths:
            raise ValueError("a row without a token")
        inputs = np.zeros((3, sum(lengths)), dtype=np.int64)
        inputs[0] = np.fromiter(chain.from_iterable(ids), np.int64)
        check_known(int(inputs[0].max()), len(self._body.embeddings.words))
        if self._takes_types:
            inputs[1] = np.fromiter(chain.from_iterable(row.type_ids for row in rows), np.int64)
        inputs[2] = self._body.embeddings.position_ids(inputs[0], lengths)
        return to_device(torch.from_numpy(inputs), self._device), Packing(lengths, self._device)


def position_ids_from_0(ids: Ints, lengths: Sequence[int]) -> Ints:
    """The position of each token in its row, counted from 0."""
    return np.concatenate([np.arange(length) for length in lengths])
