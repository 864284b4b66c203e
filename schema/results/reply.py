"""Replies: a draft of an answer to each document. A person reads it, and sends it or does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Mapped

from schema.database.base import Base
from schema.results.base import ResultTable

#: Where a draft comes from: a reply library, or a model that wrote it.
LIBRARY, MODEL = "library", "model"


@dataclass(frozen=True, slots=True)
class ReplyDraft:
    """A draft, or why there is none.

    Attributes:
        draft: The answer; None where nothing fits.
        origin: `library` or `model`.
        macro: The title of the library's answer that fits best, also where it does not fit well
            enough; None for a model.
        macro_line: Where that stands in the library's file.
        similarity: Of the text and what the library says of that answer, -1 to 1; None for a model.
        reason: Why there is no draft; None where there is one.
        open_places: Places of the answer that nobody could fill, as they stand in it, with `; `
            between, e.g. `{name}; [ORDER]`; None if all are filled.
        unread: Characters at the end of the text that the model has not read, since they did not
            fit its window; 0 where it has read all.
    """

    draft: str | None
    origin: str
    macro: str | None = None
    macro_line: int | None = None
    similarity: float | None = None
    reason: str | None = None
    open_places: str | None = None
    unread: int = 0

    def as_json(self) -> dict[str, Any]:
        """The object that `triage analyze` prints."""
        shown: dict[str, Any] = {"text": self.draft, "origin": self.origin}
        if self.macro is not None:
            shown |= {"macro": self.macro, "similarity": self.similarity}
        if self.reason is not None:
            shown["reason"] = self.reason
        if self.open_places is not None:
            shown["open_places"] = self.open_places
        return shown | ({"unread": self.unread} if self.unread else {})


class ReplyRow(ResultTable, Base):
    """Table `replies`: drafts alone, nothing is sent."""

    __tablename__ = "replies"
    analysis = "reply"
    result = ReplyDraft
    order = 8
    writes_text = True

    draft: Mapped[str | None]
    origin: Mapped[str]
    macro: Mapped[str | None]
    macro_line: Mapped[int | None]
    similarity: Mapped[float | None]
    reason: Mapped[str | None]
    open_places: Mapped[str | None]
    unread: Mapped[int]
