"""A row of the table: how quick a variant is, how near the limit, and whether it says the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from benchmarks.engine.measuring.agreement import agreement
from benchmarks.engine.measuring.cost import Costs
from benchmarks.engine.measuring.matmul_peak import Peak
from benchmarks.engine.measuring.timing import Sample
from benchmarks.engine.workload import Said, Variant, Work
from schema.catalog import Precision
from schema.document import Document


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of a variant.

    Attributes:
        work: Name of the section.
        variant: Name of the row.
        precision: Whose limit it is held against.
        documents: That it was timed on.
        seconds: Of each round.
        disturbed: Rounds in which somebody else was busy too.
        documents_per_second: Median, as if it had been timed on all documents.
        tokens_per_second: Read by an encoder, written by a decoder.
        ratio: To the baseline in the same round, median; None without a baseline.
        ratio_low: The least of the rounds.
        ratio_high: The most of them.
        limit: Operations a second that the machine does at this precision.
        of_limit: Part of the limit.
        of_fp32_limit: Part of the limit in fp32.
        agreement: Part that Transformers says too.
    """

    work: str
    variant: str
    precision: Precision
    documents: int
    seconds: tuple[float, ...]
    disturbed: int
    documents_per_second: float
    tokens_per_second: float
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    limit: float
    of_limit: float
    of_fp32_limit: float
    agreement: float | None = None

    def agreeing(
        self,
        work: Work,
        documents: Sequence[Document],
        reference: Mapping[int | str, Said],
        said: Sequence[Said],
        fitting: set[int | str],
    ) -> Row:
        """The same with its agreement, over documents that Transformers reads to their end."""
        pairs = [
            (document, its)
            for document, its in zip(documents, said, strict=True)
            if document.id in fitting
        ]
        if not pairs:
            return self
        some, what = zip(*pairs, strict=True)
        return replace(self, agreement=agreement(work.analysis, some, reference, what))


def row_of(
    work: Work,
    variant: Variant,
    samples: Sequence[Sample],
    baseline: Sequence[Sample] | None,
    documents: Sequence[Document],
    part: Sequence[Document],
    costs: Costs,
    peak: Peak,
) -> Row:
    """The row of a variant that was timed on a part of the documents.

    Args:
        work: Its section.
        variant: Itself.
        samples: Its own.
        baseline: Those of the baseline on all documents, if it was timed.
        documents: All of them.
        part: Those that it was timed on.
        costs: Of all.
        peak: Of this run.
    """
    cost, whole = costs.of(part), costs.of(documents)
    # A part has the same lengths, but not to the token.
    scale = whole.operations / cost.operations
    seconds = [taken.seconds * scale for taken in samples]
    typical = median(seconds)
    speed = whole.operations / typical
    ratios = [theirs.seconds / mine for theirs, mine in zip(baseline or (), seconds, strict=False)]
    return Row(
        work=work.name,
        variant=variant.name,
        precision=variant.precision,
        documents=len(part),
        seconds=tuple(taken.seconds for taken in samples),
        disturbed=sum(taken.disturbed for taken in samples),
        documents_per_second=len(documents) / typical,
        tokens_per_second=whole.tokens / typical,
        ratio=median(ratios) if ratios else None,
        ratio_low=min(ratios, default=None),
        ratio_high=max(ratios, default=None),
        limit=peak.operations(variant.precision),
        of_limit=speed / peak.operations(variant.precision),
        of_fp32_limit=speed / peak.operations("fp32"),
    )
