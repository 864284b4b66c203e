"""What is counted of some documents, whichever way they are grouped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from schema.questions.figures import Mean, Share

#: A rating as stars of five; null where it has none, or one of an unknown scale. `d` is
#: `v_documents`.
STARS = "(5.0 * d.rating / NULLIF(d.rating_scale, 0))"

#: Columns of `DocumentCounts`, to be selected from `v_documents AS d`.
COUNTS = f"""
    COUNT(*) AS documents,
    COUNT(d.sentiment_run_id) AS analysed,
    COUNT(d.polarity) AS known,
    COUNT(*) FILTER (WHERE d.polarity = 'negative') AS negative,
    COUNT(*) FILTER (WHERE d.polarity = 'neutral') AS neutral,
    COUNT(*) FILTER (WHERE d.polarity = 'positive') AS positive,
    COUNT(*) FILTER (WHERE d.unsure) AS unsure,
    COUNT({STARS}) AS rated,
    COUNT(*) FILTER (WHERE {STARS} <= 2) AS low,
    SUM({STARS}) AS total,
    SUM({STARS} * {STARS}) AS squares
"""

_WHOLE = ("documents", "analysed", "known", "negative", "neutral", "positive", "unsure", "rated")
#: The same columns of groups of documents, added up.
SUMS = ", ".join(
    [
        *(f"CAST(SUM({one}) AS BIGINT) AS {one}" for one in (*_WHOLE, "low")),
        *(f"SUM({one}) AS {one}" for one in ("total", "squares")),
    ]
)


@dataclass(frozen=True, slots=True)
class DocumentCounts:
    """Figures of some documents.

    Attributes:
        documents: How many there are.
        analysed: Those of which sentiment was analysed.
        negative: What sentiment called negative, of those whose polarity is sure: to compare by,
            and not the share of unhappy customers. See docs/insight.md.
        neutral: Likewise.
        positive: Likewise.
        unsure: What the model is unsure of, of those that were analysed.
        rating: The mean rating, as stars of five.
        low_ratings: Ratings of at most two stars.
    """

    documents: int
    analysed: int
    negative: Share
    neutral: Share
    positive: Share
    unsure: Share
    rating: Mean
    low_ratings: Share

    @classmethod
    def of(cls, row: Any) -> DocumentCounts:
        """Of a row that has the columns of `COUNTS`."""
        return cls(
            documents=row.documents,
            analysed=row.analysed,
            negative=Share.of(row.negative, row.known),
            neutral=Share.of(row.neutral, row.known),
            positive=Share.of(row.positive, row.known),
            unsure=Share.of(row.unsure, row.analysed),
            rating=Mean.of_sums(row.rated, row.total, row.squares),
            low_ratings=Share.of(row.low, row.rated),
        )
