"""Which product, or which theme, is felt worse or better about than in the period before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from schema.insights.difference import chance_of_difference
from schema.insights.false_discovery import MOST_WRONG, benjamini_hochberg
from schema.questions.counts import COUNTS, DocumentCounts
from schema.questions.figures import Change, share_change
from schema.questions.scope import Scope, select_rows
from schema.questions.themed_documents import ThemedDocuments
from schema.questions.themes import ThemeNames

#: Documents with a polarity that a group needs in either period before anything is said of it.
MIN_DOCUMENTS = 10


@dataclass(frozen=True, slots=True)
class GroupChange:
    """How a group of documents is felt about, beside the period before.

    Attributes:
        name: Of the product or the theme.
        id: The theme's; None of a product.
        now: Its figures in the period.
        before: Those of the period before.
        negative: How the share that is classified as negative differs.
        q: Of all groups that differ at least as surely, how many would by chance.
    """

    name: str
    id: int | None
    now: DocumentCounts
    before: DocumentCounts
    negative: Change
    q: float

    @property
    def is_sure(self) -> bool:
        """Whether it differs by more than chance, with all groups in mind."""
        return self.negative.is_sure and self.q <= MOST_WRONG


_BY_PRODUCT = f"""
SELECT /* by */ {COUNTS}
FROM current_documents AS d
GROUP BY /* by */ d.id IS NULL
"""
Counts = Mapping[Any, DocumentCounts]


def read_product_changes(connection: Connection, scope: Scope, now: datetime) -> list[GroupChange]:
    """Compare each product with itself in the period of the same length before, the surest first.

    Args:
        connection: Open.
        scope: Which documents; its period has a beginning.
        now: Where a period without an end ends.
    """
    sides = []
    for each in (scope, replace(scope, period=scope.period.previous(now))):
        rows = select_rows(connection, _BY_PRODUCT, each, by="product")
        found = {row.by_what: DocumentCounts.of(row) for row in rows}
        sides.append({name: counts for name, counts in found.items() if name is not None})
    return _compare(sides, {name: (str(name), None) for name in sides[0]})


def compare_themes(
    now: ThemedDocuments, before: ThemedDocuments, names: ThemeNames
) -> list[GroupChange]:
    """Compare each theme of a period with itself in the period before, the surest first; `names`
    are those that are in lists.
    """
    sides = [documents.counts_by_theme() for documents in (now, before)]
    called = {theme: (one.name, theme) for theme, one in names.by_id.items() if theme in sides[0]}
    return _compare(sides, called)


def _compare(sides: Sequence[Counts], called: Mapping[Any, Any]) -> list[GroupChange]:
    enough = [
        group
        for group in called
        if group in sides[1] and min(side[group].negative.total for side in sides) >= MIN_DOCUMENTS
    ]
    pairs = [(sides[0][group].negative, sides[1][group].negative) for group in enough]
    chances = [chance_of_difference(a.count, a.total, b.count, b.total) for a, b in pairs]
    rates = [float(q) for q in benjamini_hochberg(chances)]
    found = [
        GroupChange(
            name=called[group][0],
            id=called[group][1],
            now=sides[0][group],
            before=sides[1][group],
            negative=share_change(*pair),
            q=q,
        )
        for group, pair, q in zip(enough, pairs, rates, strict=True)
    ]
    return sorted(found, key=lambda one: (one.q, one.name))
