"""A document: one piece of customer feedback."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: What was read of a document: its own text, or its translation in the same run.
ORIGINAL, TRANSLATION = "original", "translation"


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a document beside its text, for analyses that look at more than that.

    Attributes:
        product: What it is about, as delivered.
        rating: As delivered; the higher the better.
        rating_scale: The best rating that could be given; None where nobody can tell.
        polarity: `negative`, `neutral` or `positive`, as the same run has found it, if it surely
            has; None else.
        fields: All other columns of the input.
    """

    product: str | None = None
    rating: float | None = None
    rating_scale: int | None = None
    polarity: str | None = None
    # Documents are told apart by their hashes, which a mapping has none of.
    fields: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def sentiment(self) -> str | None:
        """The polarity, else what the rating says where its scale is known: `negative` in the lower
        two fifths, `positive` in the upper two; None where neither says anything.
        """
        if self.polarity is not None or self.rating is None or not self.rating_scale:
            return self.polarity
        part = self.rating / self.rating_scale
        return "negative" if part <= 0.4 else "positive" if part >= 0.8 else "neutral"


@dataclass(frozen=True, slots=True)
class Document:
    """What an analysis sees of one piece of feedback.

    Attributes:
        id: The `documents.id` of the ledger, or whatever id the caller of `triage analyze` gave.
        text: What is read, never empty: the original, or its translation. Every offset in a result
            counts its characters.
        language: ISO 639-1 code in lower case (`en`, `de`), that of ISO 639-3 where there is none
            (`ilo`), or None when nobody knows.
        translation: Its translation in the same run, where the run has one for this analysis.
        text_used: Whether `text` is the `original` or the `translation`.
        about: What else is known of it; None for an analysis that looks at nothing else.
    """

    id: int | str
    text: str
    language: str | None = None
    translation: str | None = None
    text_used: str = ORIGINAL
    about: About | None = None
