"""A flip: what one run says of documents, and what the other says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from schema.questions.figures import Share


@dataclass(frozen=True, slots=True)
class Flip:
    """Documents of which one run says this, and the other that.

    Attributes:
        what: `label`, `polarity`, `language`, `type`, `name`, `intent`, a question, `text`.
        before: What the first run says; None of what it does not name.
        after: What the second run says; None of what it does not name.
        share: Of the documents that both have analysed.
        examples: Ids of some, the lowest ones.
    """

    what: str
    before: str | None
    after: str | None
    share: Share
    examples: tuple[int, ...]


def make_flip(
    what: str, sides: tuple[str | None, str | None], share: Share, examples: tuple[int, ...]
) -> Flip:
    """A flip between two sides, each None where that run does not name it."""
    return Flip(what, sides[0], sides[1], share, examples)


@dataclass(frozen=True, slots=True)
class Flips:
    """Attributes: changed: Documents with any difference. flips: The most frequent first."""

    changed: Share
    flips: Sequence[Flip]
