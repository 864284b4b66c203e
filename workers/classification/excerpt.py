"""An excerpt: consecutive tokens of a text, with its special tokens around them."""

from __future__ import annotations

from tokenizers import Encoding


class Excerpt:
    """Consecutive tokens of a text, with the model's special tokens around them.

    Args:
        encoding: All of the text. What Python makes of its lists is made only where it is asked
            for: on a GPU that would take longer than the model does.
        cut: Where the excerpt's tokens lie in it, as (start, end); None if all do.
    """

    __slots__ = ("_cut", "_text", "encoding")

    def __init__(self, encoding: Encoding, cut: tuple[int, int] | None = None) -> None:
        self.encoding = encoding
        self._cut = cut
        self._text: tuple[int, int] | None = None

    @property
    def ids(self) -> list[int]:
        """Token ids, special tokens included."""
        return self._with_special(self.encoding.ids)

    @property
    def type_ids(self) -> list[int]:
        """For models that take `token_type_ids`."""
        return self._with_special(self.encoding.type_ids)

    @property
    def text(self) -> tuple[int, int]:
        """Where in the encoding the tokens of the whole text begin and end."""
        if self._text is None:
            self._text = text_of(self.encoding)
        return self._text

    @property
    def lead(self) -> int:
        """Special tokens before the first token of the text."""
        return self.text[0]

    @property
    def first(self) -> int:
        """Place of its first token among the text's."""
        return self._cut[0] - self.lead if self._cut else 0

    @property
    def tokens(self) -> int:
        """Of the text, how many it has."""
        start, end = self._cut or self.text
        return end - start

    def _with_special(self, row: list[int]) -> list[int]:
        if self._cut is None:
            return row
        begin, end = self.text
        return [*row[:begin], *row[slice(*self._cut)], *row[end:]]


def text_of(encoding: Encoding) -> tuple[int, int]:
    """Where in an encoding the tokens of the text begin and end; special ones are around them."""
    special = encoding.special_tokens_mask
    if 0 not in special:
        return len(special), len(special)
    return special.index(0), len(special) - special[::-1].index(0)
