"""What a set of themes says: for each how many documents, how they feel, and what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, exists, func, select

from schema.results.sentiment import SentimentRow
from schema.tables import DocumentRow, DocumentTheme, Theme, ThemeKind
from schema.themes.weeks import COUNTED_AS


@dataclass(slots=True)
class ThemeSummary:
    """One theme.

    Attributes:
        documents: In which it is talked about, …
        texts: … and how many different texts these have: copies count once.
        stars: The mean rating of those that have one, as of five; None without any.
        polarities: Documents by what sentiment called them; unsure ones are in none.
    """

    id: int
    name: str
    named_by: str | None
    phrases: Sequence[str]
    broad_id: int | None
    first_seen: datetime
    new: bool
    hidden: bool
    documents: int = 0
    texts: int = 0
    stars: float | None = None
    polarities: dict[str, int] = field(default_factory=dict)


def read_summary(connection: Connection, set_id: int, kind: ThemeKind) -> list[ThemeSummary]:
    """The themes of a kind, those with most texts first; merged and split ones left out."""
    split = select(Theme.split_from).where(Theme.set_id == set_id, Theme.split_from.is_not(None))
    statement = select(Theme.__table__).where(
        Theme.set_id == set_id,
        Theme.kind == kind,
        Theme.merged_into.is_(None),
        Theme.id.not_in(split),
    )
    found = {
        row.id: ThemeSummary(
            row.id,
            row.name,
            row.named_by,
            row.phrases,
            row.broad_id,
            row.first_seen,
            row.new,
            row.hidden,
        )
        for row in connection.execute(statement)
    }
    members = _members(set_id, kind)
    for theme, documents, texts, stars in connection.execute(_counts(members)):
        if theme in found:
            found[theme].documents, found[theme].texts = documents, texts
            found[theme].stars = None if stars is None else float(stars)
    for theme, polarity, documents in connection.execute(_polarities(members)):
        if theme in found:
            found[theme].polarities[polarity] = documents
    return sorted(found.values(), key=lambda one: (-one.texts, one.id))


def count_all(connection: Connection, set_id: int) -> tuple[int, int, int]:
    """Of a set: its documents, their different texts, and texts that have no theme at all."""
    counted = select(
        func.count(DocumentTheme.document_id.distinct()),
        func.count(DocumentTheme.copy_key.distinct()),
    ).where(DocumentTheme.set_id == set_id)
    documents, texts = connection.execute(counted).one()
    themed = select(func.count(DocumentTheme.copy_key.distinct())).where(
        DocumentTheme.set_id == set_id, DocumentTheme.theme_id.is_not(None)
    )
    return documents, texts, texts - connection.execute(themed).scalar_one()


def _members(set_id: int, kind: ThemeKind) -> Any:
    """(theme, document, copy_key), each once."""
    column = DocumentTheme.topic_id if kind == ThemeKind.TOPIC else DocumentTheme.theme_id
    theme = Theme.broad_id if kind == ThemeKind.BROAD else COUNTED_AS
    return (
        select(theme.label("theme"), DocumentTheme.document_id, DocumentTheme.copy_key)
        .join(Theme, (Theme.set_id == DocumentTheme.set_id) & (Theme.id == column))
        .where(DocumentTheme.set_id == set_id)
        .distinct()
        .subquery()
    )


def _counts(members: Any) -> Select[Any]:
    stars = func.avg(DocumentRow.rating * 5.0 / func.nullif(DocumentRow.rating_scale, 0))
    return (
        select(members.c.theme, func.count(), func.count(members.c.copy_key.distinct()), stars)
        .join(DocumentRow, DocumentRow.id == members.c.document_id)
        .group_by(members.c.theme)
    )


def newest_sentiment() -> list[Any]:
    """The conditions on `sentiments`: sure, and of the newest run that has the document."""
    newer = SentimentRow.__table__.alias("newer")
    return [
        SentimentRow.polarity.is_not(None),
        ~SentimentRow.unsure,
        ~exists().where(
            newer.c.document_id == SentimentRow.document_id, newer.c.run_id > SentimentRow.run_id
        ),
    ]


def _polarities(members: Any) -> Select[Any]:
    return (
        select(members.c.theme, SentimentRow.polarity, func.count())
        .join(SentimentRow, SentimentRow.document_id == members.c.document_id)
        .where(*newest_sentiment())
        .group_by(members.c.theme, SentimentRow.polarity)
    )
