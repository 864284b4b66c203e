"""Rows of a text with a hypothesis, as models of natural language inference read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from transformers import PreTrainedTokenizerBase

#: Any text that every tokenizer has a token for.
_PROBE = "good"


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a text in a row: special tokens and the hypothesis.

    Attributes:
        before: Ids in front of the text, each with its type.
        after: Ids behind it, likewise.
        text_type: Of the text's own tokens.
    """

    before: tuple[list[int], list[int]]
    after: tuple[list[int], list[int]]
    text_type: int

    def __len__(self) -> int:
        """Tokens of a row that are none of the text."""
        return len(self.before[0]) + len(self.after[0])


@dataclass(frozen=True, slots=True)
class PairRow:
    """A piece of a text with the hypothesis of a label: a row.

    Attributes:
        text: Ids of the piece.
    """

    frame: Frame
    text: Sequence[int]

    @property
    def ids(self) -> list[int]:
        """Token ids, special tokens included."""
        return [*self.frame.before[0], *self.text, *self.frame.after[0]]

    @property
    def type_ids(self) -> list[int]:
        """Which tokens are the text's, and which the hypothesis's."""
        middle = [self.frame.text_type] * len(self.text)
        return [*self.frame.before[1], *middle, *self.frame.after[1]]

    @property
    def tokens(self) -> int:
        """Of the text, how many it has."""
        return len(self.text)

    def __len__(self) -> int:
        """Tokens of the row."""
        return len(self.frame) + len(self.text)


def frame_of(tokenizer: PreTrainedTokenizerBase, hypothesis: str) -> Frame:
    """The frame of a hypothesis, by how the tokenizer puts it behind a text.

    Args:
        tokenizer: A fast one, which neither pads nor cuts.
        hypothesis: Any text.
    """
    backend: Any = tokenizer.backend_tokenizer
    encoding = backend.encode(_PROBE, hypothesis)
    places = [place for place, of in enumerate(encoding.sequence_ids) if of == 0]
    first, last = places[0], places[-1] + 1
    ids, types = encoding.ids, encoding.type_ids
    return Frame((ids[:first], types[:first]), (ids[last:], types[last:]), types[first])


def pieces(ids: Sequence[int], room: int) -> list[Sequence[int]]:
    """Consecutive pieces of a text that do not overlap; one for a text without a token.

    Args:
        ids: Of the text, without special tokens.
        room: Tokens that a piece may have.
    """
    return [ids[start : start + room] for start in range(0, max(len(ids), 1), room)]
