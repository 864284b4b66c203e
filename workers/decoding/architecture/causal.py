"""A decoder-only model as the decoding loop computes it: it continues prompts.

All of a prompt but its last token is read once, like a source: its keys and values never change,
and all beams look at them. The last token is what the first step computes. So a step is a step, and
scores are made for no other token of a prompt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from workers.decoding.architecture.seq2seq import Seq2Seq
from workers.decoding.output.lm_head import Head
from workers.layers.causal_attention import causal_attention
from workers.layers.linear import Linear
from workers.layers.norm import Norm
from workers.layers.packing import Packing

#: A function that rotates queries and keys by their positions, from and to (rows, (heads + 2 * key
#: heads) * size).
Turn = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class CausalLayer:
    """The weights of a layer: self-attention, and a feed-forward network.

    Attributes:
        qkv: The linear layer of queries (scaled), keys and values.
        self_output: The linear layer behind attention.
        self_norm: The norm before attention.
        widen: The first linear layer of the feed-forward network, with its activation.
        narrow: The second one.
        feed_forward_norm: The norm before the network.
        gate: The linear layer by whose output that of `widen` is multiplied, in gated networks
            (Llama).
    """

    qkv: Linear
    self_output: Linear
    self_norm: Norm
    widen: Linear
    narrow: Linear
    feed_forward_norm: Norm
    gate: Linear | None = None

    def feed_forward(self, x: Tensor) -> Tensor:
        """Apply the network to (tokens, width), with the residual; the shape stays."""
        inner = self.feed_forward_norm(x)
        wide = self.widen(inner)
        return x + self.narrow(wide if self.gate is None else wide * self.gate(inner))


@dataclass(frozen=True, slots=True)
class Causal:
    """A decoder-only model over packed prompts; norms stand before their blocks.

    Attributes:
        embed: The function from token ids (rows) and their positions (rows) to (rows, width).
        decoder: The layers.
        decoder_norm: The norm behind the last of them.
        head: The LM head, from (rows, width) to the scores of all tokens.
        known: Number of tokens that a prompt may be of.
        vocabulary: Number of tokens that a text may be of.
        heads: Number of heads of queries.
        key_heads: Number of heads of keys and values, a divisor of `heads`; neighbours share one.
        size: Size of a head.
        positions: Tokens that the model reads at the most, where its positions end: there a text is
            cut off, whatever the settings say. None where they do not end.
        turning: The function from positions (rows) to the rotation of queries and keys; None where
            positions are embedded.
    """

    embed: Callable[[Tensor, Tensor], Tensor]
    decoder: Sequence[CausalLayer]
    decoder_norm: Norm
    head: Head
    known: int
    vocabulary: int
    heads: int
    key_heads: int
    size: int
    positions: int | None
    turning: Callable[[Tensor], Turn] | None = None

    norm_first: ClassVar[bool] = True
    relative_bias: ClassVar[None] = None

    def parts(
        self, prompt: Sequence[int], start: int | None
    ) -> tuple[Sequence[int], Sequence[int]]:
        """The tokens that are read before a text is written, and those that it continues.

        Raises:
            ValueError: If the prompt is empty.
        """
        if not prompt:
            raise ValueError("an empty prompt")
        return prompt[:-1], prompt

    def turn(self, positions: Tensor) -> Turn | None:
        """Make the rotation of queries and keys at positions (rows), in models that have it."""
        return self.turning(positions) if self.turning else None

    def read(self, ids: Tensor, packing: Packing) -> Iterator[Tensor]:
        """Read packed beginnings of prompts, (tokens); yields keys and values of each layer,
        (tokens, 2 * key heads * size).
        """
        positions = packing.positions
        x, turn = self.embed(ids, positions), self.turn(positions)
        if not packing.tokens:  # All prompts have a single token; not every product takes none.
            for _ in self.decoder:
                yield x.new_empty(0, 2 * self.key_heads * self.size)
            return
        shape = (packing.tokens, self.heads + 2 * self.key_heads, self.size)
        last = len(self.decoder) - 1
        for number, layer in enumerate(self.decoder):
            qkv = layer.qkv(layer.self_norm(x))
            qkv = turn(qkv) if turn else qkv
            yield qkv[:, self.heads * self.size :]
            # What the last layer makes of these tokens is not needed.
            if number < last:
                seen = causal_attention(qkv.view(shape), packing, self.key_heads)
                x = layer.feed_forward(x + layer.self_output(seen))


#: The models that the decoding loop writes with.
Model = Seq2Seq | Causal
