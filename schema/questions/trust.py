"""How far the figures can be trusted: which models made them, and how often these are right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection

from schema.polarity import Polarity
from schema.questions.counts import STARS, DocumentCounts
from schema.questions.document_numbers import DocumentNumbers, read_document_numbers
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
    documents = read_document_numbers(connection, scope, dated=False)
    every = np.arange(len(documents.ids))
    (counts,) = documents.counts(every, np.zeros_like(every), 1)
    return Trust(
        counts=counts,
        models=read_models(connection, scope),
        stars=_stars(connection, scope, documents),
        labels=read_label_agreement(connection, scope),
        losses=read_losses(connection, scope),
    )


def _stars(
    connection: Connection, scope: Scope, documents: DocumentNumbers
) -> StarAgreement | None:
    negative, positive = (
        documents.is_side(side) for side in (Polarity.NEGATIVE, Polarity.POSITIVE)
    )
    rated, known = ~np.isnan(documents.stars), ~np.isnan(documents.sides)
    if not (rated & known).any():
        return None
    bad, good = documents.stars <= 2, documents.stars >= 4
    found = int((bad & negative).sum())
    same = found + int((good & positive).sum())
    differ = int((bad & positive).sum() + (good & negative).sum())

    def read(part: Scope, _: Sequence[str]) -> dict[str, list[int]]:
        rows: list[Any] = select_rows(connection, _DISAGREEING, part)
        return {"differ": [row.id for row in rows]}

    scopes = newest_part(connection, scope), scope
    examples = newest_first(scopes, {"differ": min(_SHOWN, differ)}, read)
    return StarAgreement(
        agree=Share.of(same, same + differ),
        found=Share.of(found, int((bad & known).sum())),
        right=Share.of(found, int((negative & rated).sum())),
        disagreeing=tuple(examples.get("differ", ())),
    )
