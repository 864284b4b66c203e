"""A claimed job: the claim, and what of its documents is ready."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schema.document import Document
from schema.ledger.claim import Claim
from schema.results.outcome import Outcome

if TYPE_CHECKING:
    from workers.engine.jobs import Prepared


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job that this child holds, and what is ready of it.

    Attributes:
        documents: Those that the analysis can read; None if they are not read yet.
        abstained: The outcomes of those that it cannot.
        prepared: None if they are not tokenised yet.
        message: Its id, if Celery has not seen it.
        has_begun: Whether its attempt is charged.
        exclusive: Whether it must be computed with no other beside it.
        siblings: Claims of jobs of the same documents, which go through the encoder with it; they
            have begun where it has.
    """

    claim: Claim
    documents: list[Document] | None = None
    prepared: Prepared | None = None
    message: str | None = None
    has_begun: bool = False
    exclusive: bool = False
    siblings: tuple[Claim, ...] = ()
    abstained: Sequence[Outcome] = ()
