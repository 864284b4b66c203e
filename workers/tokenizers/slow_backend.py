"""A slow tokenizer with the face of a fast one, for models that need no offsets, as BERTweet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True, slots=True)
class SlowEncoding:
    """The tokens of a text, without the places where they stand in it."""

    ids: list[int]
    type_ids: list[int]
    special_tokens_mask: list[int]

    def __len__(self) -> int:
        """Tokens, special ones included."""
        return len(self.ids)


class SlowBackend:
    """Encodes texts one by one, in Python.

    Args:
        tokenizer: Of Transformers, that has no backend of the library `tokenizers`.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        self._tokenizer: Any = tokenizer

    def encode_batch(
        self, texts: Sequence[str], add_special_tokens: bool = True
    ) -> list[SlowEncoding]:
        """The tokens of each text, nothing cut off."""
        return [self._encode(text, add_special_tokens) for text in texts]

    encode_batch_fast = encode_batch

    def no_truncation(self) -> None:
        """Nothing is cut off anyway."""

    def no_padding(self) -> None:
        """Nothing is padded anyway."""

    def _encode(self, text: str, add_special_tokens: bool) -> SlowEncoding:
        encoded = self._tokenizer(
            text,
            add_special_tokens=add_special_tokens,
            return_token_type_ids=True,
            return_special_tokens_mask=True,
        )
        return SlowEncoding(
            list(encoded["input_ids"]),
            list(encoded["token_type_ids"]),
            list(encoded["special_tokens_mask"]),
        )


def backend_of(tokenizer: PreTrainedTokenizerBase) -> Tokenizer | SlowBackend:
    """What encodes texts: of a fast tokenizer its own backend."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    return backend if isinstance(backend, Tokenizer) else SlowBackend(tokenizer)
