"""One layer of an encoder over packed documents: attention, then a feed-forward network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from workers.layers.linear import Linear
from workers.layers.norm import Norm
from workers.layers.packing import Packing

#: A function from queries, keys and values, (tokens, 3, heads, size), to (tokens, heads * size).
Attention = Callable[[Tensor, Packing], Tensor]


@dataclass(frozen=True, slots=True)
class EncoderLayer:
    """One layer of an encoder: its weights, and the order in which they are applied.

    Attributes:
        qkv: The linear layer of queries, keys and values in one, the heads of each side by side.
        output: The linear layer behind attention.
        attention_norm: The norm of the attention block.
        widen: The first linear layer of the feed-forward network, with its activation.
        narrow: The second one.
        feed_forward_norm: The norm of the feed-forward block.
        heads: Number of heads.
        attention: The function that lets tokens see each other.
        norm_first: Whether each norm stands before its block ("pre-norm": T5, M2M100), not behind
            block and residual (BERT, BART, Marian).
        gate: The linear layer by whose output that of `widen` is multiplied, in gated networks
            (T5 1.1); None in others.
        final_norm: The norm behind the last layer of a model whose norms stand first; None in
            others.
    """

    qkv: Linear
    output: Linear
    attention_norm: Norm
    widen: Linear
    narrow: Linear
    feed_forward_norm: Norm
    heads: int
    attention: Attention
    norm_first: bool = False
    gate: Linear | None = None
    final_norm: Norm | None = None

    def __call__(self, hidden: Tensor, packing: Packing) -> Tensor:
        """Apply the layer to (tokens, width); the shape stays."""
        return self._feed_forward(self._attend(hidden, hidden, packing, None))

    def firsts(self, hidden: Tensor, packing: Packing) -> Tensor:
        """Apply the layer for the first token of each document only, (documents, width): a model
        that classifies documents needs no other of its last layer.
        """
        rows = packing.firsts
        return self._feed_forward(self._attend(hidden, hidden[rows], packing, rows))

    def _attend(
        self, hidden: Tensor, residual: Tensor, packing: Packing, rows: Tensor | None
    ) -> Tensor:
        x = self.attention_norm(hidden) if self.norm_first else hidden
        qkv = self.qkv(x)
        seen = self.attention(qkv.view(len(qkv), 3, self.heads, -1), packing)
        x = residual + self.output(seen if rows is None else seen[rows])
        return x if self.norm_first else self.attention_norm(x)

    def _feed_forward(self, hidden: Tensor) -> Tensor:
        x = self.feed_forward_norm(hidden) if self.norm_first else hidden
        wide = self.widen(x)
        if self.gate is not None:
            wide = wide * self.gate(x)
        x = hidden + self.narrow(wide)
        if self.final_norm is not None:
            return self.final_norm(x)
        return x if self.norm_first else self.feed_forward_norm(x)
