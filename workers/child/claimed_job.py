"""A claimed job: the claim, and what of its documents is ready."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from schema.document import Document
from schema.ledger.claim import Claim
from schema.results.outcome import Outcome
from workers.engine.jobs import Prepared, PreparedJob


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

    @property
    def reads_alike(self) -> bool:
        """Whether its siblings read the same texts: they know the same languages, see
        `EncoderAnalysis.sharing`, but a run may ask for the languages of some of them only.
        """
        needs = self.claim.needs
        return len({each.analysis in needs for each in (self.claim, *self.siblings)}) == 1

    @property
    def exclusive_siblings(self) -> list[Self]:
        """The siblings, each to be computed by itself, and to be read anew if it reads others."""
        jobs = [replace(job, exclusive=True) for job in self.sibling_jobs]
        if self.reads_alike:
            return jobs
        return [replace(job, documents=None, prepared=None, abstained=()) for job in jobs]

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
