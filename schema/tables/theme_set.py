"""A set of themes: what was found at once in the feedback of some runs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from schema.database.base import Base


class ThemeSet(Base):
    """Table `theme_sets`. The newest ready set of a scope is the one that counts; a rebuild makes
    another beside it, in which themes that are found again keep their ids.
    """

    __tablename__ = "theme_sets"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Which feedback: `all`, or the ids of runs and since when, as `ThemeScope` writes it.
    scope: Mapped[str]
    #: `embedding`, or `words`, where there were no embeddings: weaker.
    basis: Mapped[str]
    #: The model of the embeddings, with its revision; null for words.
    model: Mapped[str | None]
    #: For words: the words that count, and how their counts become vectors.
    projection: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: The cosine with its theme's centre that a clause has at least; null for words.
    least_similarity: Mapped[float | None]
    #: The one that half of the clauses that themes were found in exceed; null for words.
    usual_similarity: Mapped[float | None]
    #: Ids of themes from here on are free.
    next_theme_id: Mapped[int]
    made_at: Mapped[datetime]
    #: When all documents had their themes; null while they get them.
    ready_at: Mapped[datetime | None]
