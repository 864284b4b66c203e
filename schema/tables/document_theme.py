"""Which clause of a document is about what."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from schema.database.base import Base
from schema.database.types import BigId


class DocumentTheme(Base):
    """Table `document_themes`: one row a clause, also of those that are in no theme."""

    __tablename__ = "document_themes"
    __table_args__ = (
        Index(None, "set_id", "theme_id", "document_id"),
        Index(None, "set_id", "topic_id", "document_id"),
        Index(None, "document_id"),
    )

    set_id: Mapped[int] = mapped_column(ForeignKey("theme_sets.id"), primary_key=True)
    document_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("document_versions.id"), primary_key=True
    )
    #: Of the clause, as in `embeddings`; 0 where words are read, which is of whole documents.
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    #: Null: other.
    theme_id: Mapped[int | None]
    #: The cosine with the theme's centre; of other, with the nearest.
    similarity: Mapped[float]
    #: The nearest topic of a person's own list, if it is near enough.
    topic_id: Mapped[int | None]
    #: The same for all documents with the same words: copies are counted once.
    copy_key: Mapped[int] = mapped_column(BigInteger)
    #: Whether it came after the themes were made.
    late: Mapped[bool] = mapped_column(server_default=text("false"))
