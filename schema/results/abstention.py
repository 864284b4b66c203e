"""An abstention: the outcome of a document that an analysis leaves alone, and rightly so."""

from __future__ import annotations

from dataclasses import dataclass

#: Of a translation that its model is too unsure of.
LOW_CONFIDENCE = "low confidence"
#: Before the language that no model of the catalog reads.
OF_LANGUAGE = "language "


@dataclass(frozen=True, slots=True)
class Abstention:
    """Why a document is not analysed, which is neither a result nor a fault.

    Attributes:
        reason: A word or two behind “not analysed: ”, e.g. `language de`; it quotes no document.
    """

    reason: str


def advice(reason: str) -> str | None:
    """What to do about documents that were left alone for a reason; None where nothing helps."""
    if reason == LOW_CONFIDENCE:
        return (
            "what is probably wrong is not shown; a larger model translates more, see "
            "docs/models.md"
        )
    if reason.startswith(OF_LANGUAGE):
        return "name a model that reads it in the catalog, see docs/languages.md"
    return None
