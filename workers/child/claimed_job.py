"""A claimed job: the claim, and what of its documents is ready."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schema.document import Document
from schema.ledger.claim import Claim

if TYPE_CHECKING:
    from workers.engine.engine import Prepared


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job in hand, and what is ready of it: whoever computes it sees to the rest.

    Attributes:
        documents: None if they are not read yet.
        prepared: None if they are not tokenised yet.
        message: Its id, if Celery has not seen it.
        begun: Whether its attempt is charged.
        alone: Whether it is to be computed by itself.
    """

    claim: Claim
    documents: list[Document] | None = None
    prepared: Prepared | None = None
    message: str | None = None
    begun: bool = False
    alone: bool = False
