"""The options of a run: what every analysis of it is asked."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from schema.languages import read_language

DEFAULT_QUESTION = "What does the customer want?"


class RunOptions(BaseModel):
    """Stored with the run as JSON, so that every worker asks the same of every document.

    Attributes:
        questions: For `qa`, each answered once per document.
        translate_to: For `translation`, the target language (ISO 639-1).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    questions: tuple[str, ...] = Field(default=(DEFAULT_QUESTION,), min_length=1)
    translate_to: str = Field(default="de", pattern=r"^[a-z]{2,3}$")

    @field_validator("translate_to", mode="before")
    @classmethod
    def _read_language(cls, value: Any) -> Any:
        """`deu` and `German` are `de`; what is no language is left to the pattern."""
        return read_language(value) or value
