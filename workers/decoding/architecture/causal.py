"""A decoder-only model taken apart: it goes on from prompts, and has no encoder.

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

#: Turns queries and keys by their positions; from and to (rows, (heads + 2 * key heads) * size).
Turn = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class CausalLayer:
    """Weights of a layer: self-attention, and a feed-forward network.

    Attributes:
        qkv: Queries (scaled), keys and values.
        self_output: After the attention.
        self_norm: Before it.
        widen: The first half of the feed-forward network, with its activation.
        narrow: The second half.
        feed_forward_norm: Before the network.
        gate: What `widen`'s outcome is multiplied by, in gated networks (Llama).
    """

    qkv: Linear
    self_output: Linear
    self_norm: Norm
    widen: Linear
    narrow: Linear
    feed_forward_norm: Norm
    gate: Linear | None = None

    def feed_forward(self, x: Tensor) -> Tensor:
        """(tokens, width) to (tokens, width), what goes in added."""
        inner = self.feed_forward_norm(x)
        wide = self.widen(inner)
        return x + self.narrow(wide if self.gate is None else wide * self.gate(inner))


@dataclass(frozen=True, slots=True)
class Causal:
    """A decoder-only model over packed prompts; norms stand before their blocks.

    Attributes:
        embed: From token ids (rows) and their positions (rows) to (rows, width).
        decoder: The layers.
        decoder_norm: After the last of them.
        head: From (rows, width) to the scores of all tokens.
        known: Tokens that a prompt may have.
        vocabulary: Tokens that a text may have.
        heads: Of queries.
        key_heads: Of keys and values; a divisor of `heads`, whose neighbours share them.
        size: Of a head.
        positions: Most tokens that the model reads, where it has no more positions: there a text
            is cut off, whatever the settings say. None if it has.
        turning: From positions (rows) to what turns queries and keys; None where positions are
            embedded.
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
        """What is read before a text is written, and what the text goes on from.

        Raises:
            ValueError: If the prompt is empty.
        """
        if not prompt:
            raise ValueError("an empty prompt")
        return prompt[:-1], prompt

    def turn(self, positions: Tensor) -> Turn | None:
        """What turns queries and keys at positions (rows), in models that do."""
        return self.turning(positions) if self.turning else None

    def read(self, ids: Tensor, packing: Packing) -> Iterator[Tensor]:
        """Of packed beginnings of prompts, (tokens), keys and values of each layer, (tokens,
        2 * key heads * size).
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
            # Nobody looks at what the last layer makes of these tokens.
            if number < last:
                seen = causal_attention(qkv.view(shape), packing, self.key_heads)
                x = layer.feed_forward(x + layer.self_output(seen))


#: What the decoding loop writes with.
Model = Seq2Seq | Causal
