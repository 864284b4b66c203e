"""The options of a run: what every analysis of it is asked."""

from __future__ import annotations

from typing import Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
)

from schema.languages import read_language
from schema.reply_library import ReplyLibrary

DEFAULT_QUESTION = "What does the customer want?"


class RunOptions(BaseModel):
    """Stored with the run as JSON, so that every worker asks the same of every document.

    Attributes:
        questions: For `qa`, each answered once per document.
        translate_to: For `translation`, the target language (ISO 639-1).
        replies: For `reply`, the library that drafts are taken from; None where a model writes
            them. Stored with a run are its name and hash.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    questions: tuple[str, ...] = Field(default=(DEFAULT_QUESTION,), min_length=1)
    translate_to: str = Field(default="de", pattern=r"^[a-z]{2,3}$")
    replies: ReplyLibrary | None = None

    @model_serializer(mode="wrap")
    def _without_what_is_not_said(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A run without a library is that of a version that knows of none: the same name, and older
        workers read it.
        """
        written: dict[str, Any] = write(self)
        if written["replies"] is None:
            del written["replies"]
        return written

    @field_validator("translate_to", mode="before")
    @classmethod
    def _read_language(cls, value: Any) -> Any:
        """`deu` and `German` are `de`; what is no language is left to the pattern."""
        return read_language(value) or value

    def stored(self) -> dict[str, Any]:
        """What a run keeps of them: of a library name and hash."""
        return self.model_dump(mode="json", exclude={"replies": {"macros"}})
