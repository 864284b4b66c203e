"""Which clauses of a theme sound like its side: unhappy customers also say that the colour is nice.

Polarity is of whole documents. The mean of the vectors of all clauses of unhappy customers, less
that of happy ones, is a direction along which clauses of their own kind lie far, whatever they are
about. A quote is near the centre of its theme, and leans to its side.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, and_, select

from schema.insights.stored_vectors import read_vectors
from schema.polarity import Polarity
from schema.results.embedding import EmbeddingRow
from schema.results.sentiment import SentimentRow
from schema.themes.passages import Passage
from schema.themes.scope import ThemeScope
from schema.themes.summary import newest_sentiment

#: Clauses of each side, the newest, that the direction is made of.
CLAUSES = 4_000

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Leaning:
    """Tells how far clauses lean to a side.

    Attributes:
        connection: To read vectors with.
        scope: That of the set of themes.
        axis: From happy customers' clauses to unhappy ones', of length 1, (dimensions,); None if
            there are no embeddings, or one side only.
    """

    connection: Connection
    scope: ThemeScope
    axis: Floats | None

    @classmethod
    def of(cls, connection: Connection, scope: ThemeScope) -> Leaning:
        """That of the feedback of a scope."""
        happy = _mean(connection, scope, Polarity.POSITIVE)
        unhappy = _mean(connection, scope, Polarity.NEGATIVE)
        axis = None
        if happy is not None and unhappy is not None and happy.shape == unhappy.shape:
            length = float(np.linalg.norm(unhappy - happy))
            axis = (unhappy - happy) / length if length else None
        return cls(connection, scope, axis)

    def sort(self, passages: Sequence[Passage], side: str) -> list[Passage]:
        """Passages of documents of a side, those first that are near their theme's centre and lean
        to the side; as they are where nobody can tell.

        Args:
            passages: Ordered by nearness.
            side: `negative` or `positive`.
        """
        if self.axis is None or len(passages) < 2:
            return list(passages)
        vectors = self._vectors(passages)
        found = [vectors.get((one.document_id, one.ordinal)) for one in passages]
        known = [one for one in found if one is not None and one.shape == self.axis.shape]
        if len(known) < len(passages):
            return list(passages)
        lean = np.stack(known) @ self.axis * (1 if side == Polarity.NEGATIVE else -1)
        near = np.array([one.similarity for one in passages], dtype=np.float32)
        order = np.argsort(-(_standard(near) + _standard(lean)), kind="stable")
        return [passages[place] for place in order.tolist()]

    def _vectors(self, passages: Iterable[Passage]) -> dict[tuple[int, int], Floats]:
        """Those of the newest run that has the document."""
        ids = sorted({one.document_id for one in passages})
        rows = self.connection.execute(
            select(EmbeddingRow.document_id, EmbeddingRow.ordinal, EmbeddingRow.vector)
            .where(EmbeddingRow.document_id.in_(ids), self.scope.of_runs(EmbeddingRow.run_id))
            .order_by(EmbeddingRow.run_id)
        )
        return {
            (row.document_id, row.ordinal): read_vectors([row.vector])[0].astype(np.float32)
            for row in rows
        }


def _mean(connection: Connection, scope: ThemeScope, side: Polarity) -> Floats | None:
    """The mean vector of a side's newest clauses, of the model that the newest one is of."""
    called = and_(SentimentRow.document_id == EmbeddingRow.document_id, *newest_sentiment())
    stored = list(
        connection.execute(
            select(EmbeddingRow.vector)
            .join(SentimentRow, called)
            .where(SentimentRow.polarity == side, scope.of_runs(EmbeddingRow.run_id))
            .order_by(EmbeddingRow.document_id.desc(), EmbeddingRow.ordinal)
            .limit(CLAUSES)
        ).scalars()
    )
    if not stored:
        return None
    alike = [one for one in stored if len(one) == len(stored[0])]
    return np.asarray(read_vectors(alike).astype(np.float32).mean(axis=0))


def _standard(values: Floats) -> Floats:
    """How many standard deviations each is from the mean."""
    return np.asarray((values - values.mean()) / (values.std() or 1.0))
