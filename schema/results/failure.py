"""A failure: the other outcome that a document can have in an analysis."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a document failed for good in one analysis. `message` never quotes the document."""

    error_class: str
    message: str
