"""A claimed job: the claim, and what of its documents is ready."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from schema.document import Document
from schema.ledger.claim import Claim
from workers.child.job_reading import JobReading
from workers.engine.jobs import Prepared, PreparedJob


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job that this child holds, and what is ready of it.

    Attributes:
        readings: What it and its siblings read, by analysis; not there of what is not read yet.
        prepared: The documents that are computed, tokenised; None if they are not yet.
        message: Its id, if Celery has not seen it.
        has_begun: Whether its attempt is charged.
        exclusive: Whether it must be computed with no other beside it.
        siblings: Claims of jobs of the same documents, which go through the encoder with it; they
            have begun where it has.
    """

    claim: Claim
    readings: Mapping[str, JobReading] = field(default_factory=dict)
    prepared: Prepared | None = None
    message: str | None = None
    has_begun: bool = False
    exclusive: bool = False
    siblings: tuple[Claim, ...] = ()

    @property
    def reading(self) -> JobReading | None:
        """What it reads; None if it is not read yet."""
        return self.readings.get(self.claim.analysis)

    @property
    def documents(self) -> list[Document] | None:
        """Those that are computed; None if they are not read yet."""
        return None if self.reading is None else self.reading.documents

    @property
    def reads_alike(self) -> bool:
        """Whether the same texts are computed for its siblings: they know the same languages, see
        `EncoderAnalysis.sharing`, but a run may ask for the languages of some of them only, and of
        some the results may be known already.
        """
        return all(job.documents == self.documents for job in self.sibling_jobs)

    @property
    def exclusive_siblings(self) -> list[Self]:
        """The siblings, each to be computed by itself, and tokenised anew if it reads others."""
        jobs = [replace(job, exclusive=True) for job in self.sibling_jobs]
        return jobs if self.reads_alike else [replace(job, prepared=None) for job in jobs]

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
