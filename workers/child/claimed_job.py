"""A claimed job: the claim, and what of its documents is ready."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from schema.document import Document
from schema.ledger.claim import Claim
from schema.tables import FIRST_DOCUMENTS
from workers.analysis import Window
from workers.child.failure_policy import FailurePolicy
from workers.child.job_reading import JobReading
from workers.engine.jobs import PreparedJob


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job that this child holds, and what is ready of it.

    Attributes:
        readings: What it and its siblings read, by analysis; not there of what is not read yet.
        prepared: The windows of every text that any of them reads, or what it raised when it was
            tokenised; None if that is still to be done.
        message: Its id, if Celery has not seen it.
        has_begun: Whether its attempt is charged.
        exclusive: Whether it must be computed with no other beside it.
        siblings: Claims of jobs of the same documents, which go through the encoder with it; they
            have begun where it has.
    """

    claim: Claim
    readings: Mapping[str, JobReading] = field(default_factory=dict)
    prepared: Mapping[Document, list[Window] | Exception] | None = None
    message: str | None = None
    has_begun: bool = False
    exclusive: bool = False
    siblings: tuple[Claim, ...] = ()

    @property
    def reading(self) -> JobReading | None:
        """What it reads; None if it is not read yet."""
        return self.readings.get(self.claim.analysis)

    @property
    def urgency(self) -> int | None:
        """How far it is in its run, if it is of the first documents, which are urgent."""
        first = self.claim.first_position
        return first if first < FIRST_DOCUMENTS else None

    @property
    def was_tried(self) -> bool:
        """Whether it must be computed by itself: it may have been what a worker died of."""
        return self.exclusive or self.claim.attempts > self.has_begun

    @property
    def documents(self) -> list[Document] | None:
        """Those that are computed; None if they are not read yet."""
        return None if self.reading is None else self.reading.documents

    @property
    def texts(self) -> list[Document]:
        """What any of them reads, each once: heads know different languages, and of some the
        results are there already.
        """
        read = [self.readings.get(claim.analysis) for claim in (self.claim, *self.siblings)]
        return list(dict.fromkeys(one for job in read if job for one in job.documents))

    @property
    def exclusive_siblings(self) -> list[Self]:
        """The siblings, each to be computed by itself."""
        return [
            replace(job, exclusive=True, prepared=None if job.reading is None else job.prepared)
            for job in self.sibling_jobs
        ]

    @property
    def unread_siblings(self) -> list[Self]:
        """Of these the ones that cannot go with it: what they read is still to be read."""
        return [job for job in self.exclusive_siblings if job.reading is None]

    @property
    def sibling_jobs(self) -> list[Self]:
        """The siblings as claimed jobs, with what is ready of this one; Celery will see their
        messages.
        """
        return [replace(self, claim=claim, message=None, siblings=()) for claim in self.siblings]

    def without(self, jobs: Sequence[ClaimedJob]) -> Self:
        """The job without some of its siblings."""
        gone = {job.claim.job_id for job in jobs}
        return replace(self, siblings=tuple(one for one in self.siblings if one.job_id not in gone))

    def begin(self, failures: FailurePolicy) -> Self | None:
        """The job and its siblings, charged from here on; None if it must not be computed."""
        if self.has_begun:
            return self
        claim = failures.begin_job(self.claim)
        if claim is None:
            for sibling in self.siblings:
                failures.refuse(sibling)
            return None
        begun = (failures.begin_job(sibling) for sibling in self.siblings)
        siblings = tuple(sibling for sibling in begun if sibling)
        return replace(self, claim=claim, has_begun=True, siblings=siblings)

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
            [self.prepared[document] for document in self.documents],
            group,
            claim.analysis,
            [sibling.prepared_job(group) for sibling in self.sibling_jobs],
            self.urgency,
        )
