"""The reader of jobs: from a claim to the documents that have to be computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from schema.ledger.claim import Claim
from workers.child.cache_key import CacheKey
from workers.child.job_reading import JobReading, read_once
from workers.child.ledger_client import LedgerClient
from workers.child.readable import choose_texts

if TYPE_CHECKING:
    from workers.engine.engine import Engine


class JobReader:
    """Reads jobs, in any of a child's threads.

    Args:
        ledger: Has the documents, and results that are known already.
        engines: By analysis, whose models say what a result would be made of.
    """

    def __init__(self, ledger: LedgerClient, engines: Mapping[str, Engine]) -> None:
        self._ledger, self._engines = ledger, engines

    def read(
        self,
        claim: Claim,
        siblings: Sequence[Claim],
        hashing: Callable[[], AbstractContextManager[object]],
    ) -> dict[str, JobReading]:
        """Read a job and its siblings.

        Args:
            claim: Of the job.
            siblings: Claims of jobs of the same documents.
            hashing: Opened while texts are hashed, for which a model may be loaded.

        Returns:
            What each reads, by its analysis. Siblings that read other texts are left out: they have
            to be read by themselves.
        """
        read = self._ledger.read(claim)
        documents, abstained = choose_texts(read, self._engines[claim.analysis], claim)
        by_language = claim.analysis in claim.needs
        alike = [one for one in siblings if (one.analysis in one.needs) == by_language]
        readings = {}
        for one in (claim, *alike):
            analysis = self._engines[one.analysis].analysis
            with hashing():
                keys = [CacheKey.of(analysis, document, one.options) for document in documents]
            find = self._ledger.find_known
            readings[one.analysis] = read_once(documents, keys, abstained, one, find)
        return readings
