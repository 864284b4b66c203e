"""A text longer than the model's window, cut where it hurts least into pieces that fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from workers.text.sentences import sentence_spans

Span = tuple[int, int]

#: What stands between two paragraphs.
PARAGRAPH = "\n\n"

_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*+\n)++")
_WORD = re.compile(r"\s*\S+\s*")


def _word_spans(text: str) -> list[Span]:
    return [match.span() for match in _WORD.finditer(text)]


def _character_spans(text: str) -> list[Span]:
    return [(place, place + 1) for place in range(len(text))]


def paragraphs(text: str) -> list[str]:
    """The parts of a text that blank lines separate."""
    return _BLANK_LINES.split(text)


#: From the kindest cut to the last resort.
_CUTS = (sentence_spans, _word_spans, _character_spans)


def split_to_fit(
    text: str, lengths: Callable[[Sequence[str]], Sequence[int]], limit: int
) -> list[str]:
    """Whole sentences, as many as fit, in each piece; inside a sentence that does not fit alone,
    whole words; inside such a word, characters.

    Args:
        text: Any text.
        lengths: The tokens of each of some texts, special tokens included.
        limit: The most tokens of a piece.

    Returns:
        The pieces in order, without the space around them; together they say all of the text. A
        text of spaces only has none.
    """
    overhead = lengths([""])[0]

    def fit(piece: str, cut: int) -> list[str]:
        piece = piece.strip()
        if not piece or lengths([piece])[0] <= limit:
            return [piece] if piece else []
        spans = _CUTS[cut](piece)
        while len(spans) < 2:
            cut += 1
            if cut == len(_CUTS):
                return [piece]
            spans = _CUTS[cut](piece)
        parts = [piece[start:end] for start, end in spans]
        return [
            fitting
            for packed in _pack(parts, lengths, overhead, limit)
            for fitting in fit(packed, cut)
        ]

    return fit(text, 0)


def _pack(
    parts: Sequence[str],
    lengths: Callable[[Sequence[str]], Sequence[int]],
    overhead: int,
    limit: int,
) -> list[str]:
    """Parts put together, at least two results: a part costs about its tokens on its own."""
    packed: list[list[str]] = []
    filled = 0
    for part, length in zip(parts, lengths([part.strip() for part in parts]), strict=True):
        cost = length - overhead
        if not packed or overhead + filled + cost > limit:
            packed.append([])
            filled = 0
        packed[-1].append(part)
        filled += cost
    if len(packed) == 1:  # together they cost more than one by one
        half = len(parts) // 2
        packed = [list(parts[:half]), list(parts[half:])]
    return ["".join(group) for group in packed]
