"""How far the figures can be trusted: which models made them, and how often these are right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from schema.questions.counts import COUNTS, STARS, DocumentCounts
from schema.questions.examples import newest_first, newest_part
from schema.questions.figures import Share
from schema.questions.labels import LabelAgreement, read_label_agreement
from schema.questions.losses import Losses, read_losses
from schema.questions.model_use import ModelUse, read_models
from schema.questions.scope import Scope, select_rows

#: Documents that say whether ratings run the other way.
TOLD_FROM = 30
#: What to do then.
REVERSED = (
    "stars and sentiment mostly say the opposite of each other; where 1 is the best rating, read "
    "them again: triage ingest FILE --rating-scale 5-1"
)


@dataclass(frozen=True, slots=True)
class StarAgreement:
    """How sentiment agrees with the stars that customers gave: at most 2 are taken for negative,
    and 4 or more for positive.

    Attributes:
        agree: Of documents that are negative or positive by both, those that are the same.
        found: Of documents with at most 2 stars and a sure polarity, those called negative.
        right: Of documents that are called negative and have stars, those with at most 2.
        disagreeing: Ids of some that are negative by one and positive by the other, the newest
            first.
    """

    agree: Share
    found: Share
    right: Share
    disagreeing: tuple[int, ...]

    @property
    def warning(self) -> str | None:
        """What to do where the two say the opposite so often that the lowest number may be the best
        rating; None where they do not.
        """
        interval = self.agree.interval
        told = self.agree.total >= TOLD_FROM and interval is not None and interval.high < 0.5
        return REVERSED if told else None


@dataclass(frozen=True, slots=True)
class Trust:
    """How far the figures can be trusted.

    Attributes:
        counts: All figures, among them what the model is unsure of.
        models: By analysis, the one with most documents first.
        stars: None where no document has both.
        labels: How models agree with the labels of people, by analysis.
        losses: What is not in the figures, and why.
    """

    counts: DocumentCounts
    models: Sequence[ModelUse]
    stars: StarAgreement | None
    labels: Sequence[LabelAgreement]
    losses: Losses


_BAD, _GOOD = f"{STARS} <= 2", f"{STARS} >= 4"
_STARS = f"""
    COUNT(*) FILTER (WHERE {_BAD} AND d.polarity = 'negative') AS bad_negative,
    COUNT(*) FILTER (WHERE {_BAD} AND d.polarity = 'positive') AS bad_positive,
    COUNT(*) FILTER (WHERE {_BAD} AND d.polarity IS NOT NULL) AS bad,
    COUNT(*) FILTER (WHERE {_GOOD} AND d.polarity = 'negative') AS good_negative,
    COUNT(*) FILTER (WHERE {_GOOD} AND d.polarity = 'positive') AS good_positive,
    COUNT(*) FILTER (WHERE d.polarity = 'negative' AND {STARS} IS NOT NULL) AS negative_rated,
    COUNT(*) FILTER (WHERE d.polarity IS NOT NULL AND {STARS} IS NOT NULL) AS rated_known
"""
_COUNTS = f"SELECT {COUNTS}, {_STARS} FROM current_documents AS d"
#: Documents that are shown where stars and sentiment differ.
_SHOWN = 10
_DISAGREEING = f"""
SELECT d.id FROM current_documents AS d
WHERE ({_BAD} AND d.polarity = 'positive') OR ({_GOOD} AND d.polarity = 'negative')
ORDER BY d.time IS NULL, d.time DESC, d.id DESC
LIMIT {_SHOWN}
"""


def read_trust(connection: Connection, scope: Scope) -> Trust:
    """Read how far the figures can be trusted. What was rejected and what failed is counted of
    runs, since it has no document that could be chosen by product or time.
    """
    (row,) = select_rows(connection, _COUNTS, scope)
    return Trust(
        counts=DocumentCounts.of(row),
        models=read_models(connection, scope),
        stars=_stars(connection, scope, row),
        labels=read_label_agreement(connection, scope),
        losses=read_losses(connection, scope),
    )


def _stars(connection: Connection, scope: Scope, row: Any) -> StarAgreement | None:
    if not row.rated_known:
        return None
    same = row.bad_negative + row.good_positive
    differ = row.bad_positive + row.good_negative

    def read(part: Scope, _: Sequence[str]) -> dict[str, list[int]]:
        found: list[Any] = select_rows(connection, _DISAGREEING, part)
        return {"differ": [one.id for one in found]}

    scopes = newest_part(connection, scope), scope
    examples = newest_first(scopes, {"differ": min(_SHOWN, differ)}, read)
    return StarAgreement(
        agree=Share.of(same, same + differ),
        found=Share.of(row.bad_negative, row.bad),
        right=Share.of(row.bad_negative, row.negative_rated),
        disagreeing=tuple(examples.get("differ", ())),
    )
