"""An encoder-decoder model as the decoding loop computes it."""

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
    """The weights of a layer: self-attention, attention to the source, a feed-forward network.

    Attributes:
        qkv: The linear layer of queries (scaled), keys and values of self-attention.
        self_output: The linear layer behind self-attention.
        self_norm: The norm of the self-attention block.
        query: The linear layer of queries (scaled) to the source.
        source_keys_values: The linear layer of keys and values of the encoded source.
        source_output: The linear layer behind attention to the source.
        source_norm: The norm of that block.
        widen: The first linear layer of the feed-forward network, with its activation.
        narrow: The second one.
        feed_forward_norm: The norm of the feed-forward block.
        gate: The linear layer by whose output that of `widen` is multiplied, in gated networks
            (T5 1.1).
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
        embed_source: The function from token ids (tokens) and their packing to (tokens, width).
        encoder: The layers of the encoder.
        encoder_norm: The norm behind the last of them, in models that have one.
        embed: The function from token ids (rows) and their positions (rows) to (rows, width).
        decoder: The layers of the decoder.
        decoder_norm: The norm behind the last of them, in models that have one.
        head: The LM head, from (rows, width) to the scores of all tokens.
        known: Number of tokens that a source may be of.
        vocabulary: Number of tokens that a text may be of; another one in Marian models whose
            languages have a vocabulary each.
        heads: Number of heads of the decoder's attention.
        size: Size of a head.
        norm_first: Whether norms stand before their blocks; see `EncoderLayer`.
        relative_bias: The function from distances to earlier tokens, (…) integers from 0, to what
            is added to the scores of the decoder's self-attention, (heads, …); None in models
            without.
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
        """Number of heads of keys and values: as many as of queries."""
        return self.heads

    @property
    def positions(self) -> None:
        """Tokens that may be read at the most; None, since the settings' own limit is lower."""
        return None

    def parts(
        self, source: Sequence[int], start: int | None
    ) -> tuple[Sequence[int], Sequence[int]]:
        """The tokens that are read before a text is written, and those that it continues."""
        assert start is not None
        return source, [start]

    def read(self, ids: Tensor, packing: Packing) -> Iterator[Tensor]:
        """Read packed sources, (tokens); yields keys and values for each layer of the decoder,
        (tokens, 2 * heads * size).
        """
        hidden = self.encode(ids, packing)
        for layer in self.decoder:
            yield layer.source_keys_values(hidden)

    def encode(self, ids: Tensor, packing: Packing) -> Tensor:
        """Encode packed sources, from token ids (tokens) to (tokens, width)."""
        hidden = self.embed_source(ids, packing)
        for layer in self.encoder:
            hidden = layer(hidden, packing)
        return self.encoder_norm(hidden) if self.encoder_norm else hidden
