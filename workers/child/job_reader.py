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
            What each reads, by its analysis: of a document in a language that it does not know, the
            translation or nothing. Siblings that do not go by languages where it does, or the other
            way round, are left out: they have to be read by themselves.
        """
        alike = [one for one in siblings if one.by_language == claim.by_language]
        alike.insert(0, claim)
        # With all that any of them waited for.
        read = self._ledger.read(max(alike, key=lambda one: len(one.needs.get(one.analysis, ()))))
        readings = {}
        for one in alike:
            engine = self._engines[one.analysis]
            documents, abstained = choose_texts(read, engine, one)
            with hashing():
                keys = [CacheKey.of(engine.analysis, each, one.options) for each in documents]
            find = self._ledger.find_known
            readings[one.analysis] = read_once(documents, keys, abstained, one, find)
        return readings
