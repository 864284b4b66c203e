"""An encoder-decoder model taken apart: the pieces that the decoding loop puts together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from torch import Tensor

from workers.decoding.output.lm_head import Head
from workers.layers.encoder_layer import EncoderLayer
from workers.layers.linear import Linear
from workers.layers.norm import Norm
from workers.layers.packing import Packing


@dataclass(frozen=True, slots=True)
class DecoderLayer:
    """Weights of a layer: self-attention, attention to the source, a feed-forward network.

    Attributes:
        qkv: Queries (scaled), keys and values of the self-attention.
        self_output: After it.
        self_norm: Beside it.
        query: Queries (scaled) to the source.
        source_keys_values: Keys and values of the source, from what the encoder made of it.
        source_output: After the attention to the source.
        source_norm: Beside it.
        widen: The first half of the feed-forward network, with its activation.
        narrow: The second half.
        feed_forward_norm: Beside the network.
        gate: What `widen`'s outcome is multiplied by, in gated networks (T5 1.1).
    """

    qkv: Linear
    self_output: Linear
    self_norm: Norm
    query: Linear
    source_keys_values: Linear
    source_output: Linear
    source_norm: Norm
    widen: Linear
    narrow: Linear
    feed_forward_norm: Norm
    gate: Linear | None = None


@dataclass(frozen=True, slots=True)
class Seq2Seq:
    """An encoder-decoder model over packed sources.

    Attributes:
        embed_source: From token ids (tokens) and their packing to (tokens, width).
        encoder: The layers of the encoder.
        encoder_norm: After the last of them, in models that have one.
        embed: From token ids (rows) and their positions (rows) to (rows, width).
        decoder: The layers of the decoder.
        decoder_norm: After the last of them, in models that have one.
        head: From (rows, width) to the scores of all tokens.
        known: Tokens that a source may have.
        vocabulary: Tokens that a text may have; another number in Marian models whose languages
            have a vocabulary each.
        heads: Of the decoder's attention.
        size: Of a head.
        norm_first: Whether norms stand before their blocks; see `EncoderLayer`.
        relative_bias: From distances to earlier tokens, (…) integers from 0, to what is added to
            the scores of the decoder's self-attention, (heads, …); None in models without.
    """

    embed_source: Callable[[Tensor, Packing], Tensor]
    encoder: Sequence[EncoderLayer]
    encoder_norm: Norm | None
    embed: Callable[[Tensor, Tensor], Tensor]
    decoder: Sequence[DecoderLayer]
    decoder_norm: Norm | None
    head: Head
    known: int
    vocabulary: int
    heads: int
    size: int
    norm_first: bool
    relative_bias: Callable[[Tensor], Tensor] | None = None

    @property
    def key_heads(self) -> int:
        """Heads of keys and values: as many as of queries."""
        return self.heads

    @property
    def positions(self) -> None:
        """Most tokens that may be read: the settings' own limit is below it."""
        return None

    def parts(
        self, source: Sequence[int], start: int | None
    ) -> tuple[Sequence[int], Sequence[int]]:
        """What is read before a text is written, and what the text goes on from."""
        assert start is not None
        return source, [start]

    def read(self, ids: Tensor, packing: Packing) -> Iterator[Tensor]:
        """Of packed sources, (tokens), keys and values for each layer of the decoder, (tokens,
        2 * heads * size).
        """
        hidden = self.encode(ids, packing)
        for layer in self.decoder:
            yield layer.source_keys_values(hidden)

    def encode(self, ids: Tensor, packing: Packing) -> Tensor:
        """Token ids of packed sources, (tokens), to (tokens, width)."""
        hidden = self.embed_source(ids, packing)
        for layer in self.encoder:
            hidden = layer(hidden, packing)
        return self.encoder_norm(hidden) if self.encoder_norm else hidden
