"""What a job reads: the documents that are computed, and the outcomes that are there already.

A text is computed once: where an equal one was read by the same model before, in this run or in
another, its results are taken, and of equal ones in a job the first is computed for all. A run that
is `fresh` has every document computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from schema.document import Document
from schema.ledger.claim import Claim
from schema.results import Abstention, Failure, Result
from schema.results.outcome import Outcome
from workers.child.cache_key import CacheKey

#: Finds what is stored under some keys, for a job; see `schema.ledger.known.find_known`.
FindKnown = Callable[[Claim, Iterable[bytes]], Mapping[bytes, Sequence[Result]]]


@dataclass(frozen=True, slots=True)
class JobReading:
    """What a job reads.

    Attributes:
        documents: Those that are computed, each with the text to read.
        known: The outcomes of others: not analysed, or with results that were there already.
        keys: Of the documents that are computed, by their ids; of some None.
        equals: By the id of a document that is computed, the others that take its outcome.
    """

    documents: list[Document]
    known: Sequence[Outcome] = ()
    keys: Mapping[int, CacheKey | None] = field(default_factory=dict)
    equals: Mapping[int, Sequence[Document]] = field(default_factory=dict)

    def outcomes(self, computed: Sequence[Outcome]) -> list[Outcome]:
        """The outcomes of all documents of the job.

        Args:
            computed: Of `documents`.
        """
        outcomes = [*self.known]
        for one in computed:
            outcomes.append(keyed := self._with_key(one))
            outcomes += (
                _equal_outcome(keyed, other) for other in self.equals.get(one.document_id, ())
            )
        return outcomes

    def _with_key(self, outcome: Outcome) -> Outcome:
        """The same, to be found again if it was made as was foreseen."""
        key = self.keys.get(outcome.document_id)
        if key is None or outcome.model is None or outcome.model.key != key.model.key:
            return outcome
        return replace(outcome, cache_key=key.digest)


def read_once(
    documents: Sequence[Document],
    keys: Sequence[CacheKey | None],
    abstained: Sequence[Outcome],
    claim: Claim,
    find: FindKnown,
) -> JobReading:
    """Find out which documents have to be computed.

    Args:
        documents: That the analysis can read.
        keys: Of each of them.
        abstained: The outcomes of the others.
        claim: Of the job.
        find: Looks results up.
    """
    of_ids = {int(one.id): key for one, key in zip(documents, keys, strict=True)}
    if claim.fresh:
        return JobReading(list(documents), abstained, of_ids)
    stored = find(claim, {key.digest for key in keys if key is not None})
    known, firsts = [*abstained], dict[bytes, int]()
    computed: list[Document] = []
    equals: dict[int, list[Document]] = {}
    for document, key in zip(documents, keys, strict=True):
        if key is not None and key.digest in stored:
            known.append(_known(document, key, stored[key.digest]))
        elif key is not None and key.digest in firsts:
            equals.setdefault(firsts[key.digest], []).append(document)
        else:
            computed.append(document)
            if key is not None:
                firsts[key.digest] = int(document.id)
    return JobReading(computed, known, of_ids, equals)


def _known(document: Document, key: CacheKey, results: Sequence[Result]) -> Outcome:
    how = (document.text_used, key.digest, True)
    return Outcome(int(document.id), results, key.model, *how)


def _equal_outcome(outcome: Outcome, document: Document) -> Outcome:
    """The outcome of an equal text; where that failed, or was not shown, this one is, too."""
    has_results = not isinstance(outcome.outcome, Failure | Abstention)
    own = replace(outcome, document_id=int(document.id), text_used=document.text_used)
    return replace(own, reused=has_results)
