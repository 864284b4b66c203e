"""An abstention: the outcome of a document that an analysis leaves alone, and rightly so."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Abstention:
    """Why a document is not analysed, which is neither a result nor a fault.

    Attributes:
        reason: A word or two behind “not analysed: ”, e.g. `language de`; it quotes no document.
    """

    reason: str
