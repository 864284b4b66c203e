"""A claimed job: the claim, and what of its documents is ready."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from schema.document import Document
from schema.ledger.claim import Claim
from workers.engine.jobs import Prepared, PreparedJob


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job that this child holds, and what is ready of it.

    Attributes:
        documents: None if they are not read yet.
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

    @property
    def sibling_jobs(self) -> list[Self]:
        """The siblings as claimed jobs, with what is ready of this one; Celery will see their
        messages.
        """
        return [replace(self, claim=claim, message=None, siblings=()) for claim in self.siblings]

    def prepared_job(self, group: str | None) -> PreparedJob:
        """The job as the engine takes it, with its siblings; documents and windows are there.

        Args:
            group: In which it is computed, see `PreparedJob`.
        """
        assert self.documents is not None and self.prepared is not None
        claim = self.claim
        return PreparedJob(
            claim.job_id,
            self.documents,
            claim.options,
            self.prepared,
            group,
            claim.analysis,
            [sibling.prepared_job(group) for sibling in self.sibling_jobs],
        )
