"""The options of a run: what every analysis of it is asked."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

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
