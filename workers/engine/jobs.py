"""Jobs as the engine takes them, and as it gives them back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from schema.document import Document
from schema.options import RunOptions
from schema.results.outcome import Outcome
from workers.analysis import Window
from workers.engine.counters import Counters

#: For each document, in order, its windows, or what it raised when it was tokenised.
Prepared = Sequence[list[Window] | Exception]


@dataclass(frozen=True, slots=True, eq=False)
class PreparedJob:
    """A job that can be computed.

    Attributes:
        id: By which whoever gave the job knows it.
        documents: With the ids that the ledger has for them.
        options: What the run asks.
        prepared: The windows of the documents.
        group: The one group of all windows, if the job may be computed together with others of
            that group; None if it is to be computed by itself.
        analysis: The job's; empty if it is that of the engine that it is given to. Another has to
            share its encoder.
        siblings: Jobs for other analyses that go through the encoder with this one: a document that
            is equal in several has the same windows in all. Each is finished by itself.
        urgency: Where it goes before jobs that have none: the less it is, the earlier.
    """

    id: int
    documents: Sequence[Document]
    options: RunOptions
    prepared: Prepared
    group: str | None = None
    analysis: str = ""
    siblings: Sequence[PreparedJob] = ()
    urgency: int | None = None


@dataclass(frozen=True, slots=True)
class FinishedJob:
    """A job of which every document has its outcome.

    Attributes:
        job: As it was given.
        outcomes: In the order of the documents.
        counters: What was done for the job.
    """

    job: PreparedJob
    outcomes: list[Outcome]
    counters: Counters


class JobSource(Protocol):
    """Decides which job is computed when, and which may be computed together."""

    def next(self) -> PreparedJob | None:
        """Wait for the next job, while none is being computed; None if that was all."""

    def join(self, group: str, *, wait: bool) -> PreparedJob | None:
        """Give a job that joins others, which are being computed.

        Args:
            group: Of all their windows, and so of all of the job's.
            wait: Whether to wait until it is known whether there is such a job.

        Returns:
            None if there is none just now, or the next one does not fit.
        """

    def join_urgent(self, group: str) -> PreparedJob | None:
        """Give a job that is urgent and joins others likewise, whether they need one or not. It is
        asked for at the end of each batch, and has to answer soon.
        """

    def retry_exclusively(self, error: Exception, job_id: int | None = None) -> None:
        """Have `next` give all jobs again that were joined and are not finished, one by one: the
        model has failed, and at whose document is not known.

        Args:
            error: That it raised.
            job_id: Of the one job that is to be given again, if only its head has failed; the
                others go on.
        """
