"""How many documents and rounds fit the time of a section, and which variants there is time for.

A section says something in any case: of few documents where that is all there is time for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.engine.variants.transformers_pipelines import BASELINE, BATCH, SORTED
from benchmarks.engine.workload import Run, Said, Variant, Work

#: Variants that every section has, whatever time is left: the engine, and what it is held against.
ESSENTIAL = (BASELINE, "engine fp32")
#: Documents of a section, by beams (none for encoders), even if it then takes too long.
_FEWEST = {0: 8, 1: 4}
_FEWEST_BEAMS = 2
#: From so many documents on there are more rounds instead of more documents.
_ENOUGH, _ENOUGH_WRITTEN = 64, 32
_MOST = 4096


@dataclass(slots=True)
class Contestant:
    """A variant that is ready.

    Attributes:
        variant: Itself.
        run: What runs it.
        each: Seconds that a document takes it.
        said: What it has said of the documents that it was timed on.
    """

    variant: Variant
    run: Run
    each: float = 0.0
    said: Sequence[Said] = ()

    @property
    def cost(self) -> float:
        """Seconds for each document of the section; it may be timed on a part of them."""
        return self.each * self.variant.share


def fewest(work: Work) -> int:
    """Documents that a section has at least."""
    return _FEWEST.get(work.beams, _FEWEST_BEAMS)


def amount(
    work: Work, contestants: Sequence[Contestant], seconds: float, documents: int, rounds: int
) -> tuple[int, int]:
    """As many documents as fit the time, in as many rounds as leave enough of them.

    Args:
        work: Of the section.
        contestants: Who takes part in every round.
        seconds: For all rounds.
        documents: How many, if somebody has said so; otherwise 0.
        rounds: Likewise.

    Returns:
        Documents and rounds.
    """
    a_round = sum(one.cost for one in contestants)
    enough = _ENOUGH_WRITTEN if work.beams else _ENOUGH
    for wanted in (3, 2):
        fit = documents or int(seconds / ((rounds or wanted) * a_round))
        if fit * a_round * wanted <= seconds and fit >= enough:
            break
    else:
        wanted = 1
        fit = documents or int(seconds / ((rounds or 1) * a_round))
    # In whole batches of lanes, where there are several.
    count = max(fit // 8 * 8 if fit > 8 else fit, fewest(work))
    return documents or min(count, _MOST), rounds or wanted


def affordable(
    work: Work, contestants: Sequence[Contestant], documents: int, seconds: float
) -> list[Contestant]:
    """Those for whom there is time, in their order; says who is left out and why.

    Args:
        work: Of the section.
        contestants: All that are ready.
        documents: As `amount` takes them.
        seconds: For one round.
    """
    kept = list(contestants)
    count, _ = amount(work, kept, seconds, documents, 1)
    if count <= BATCH and any(one.variant.name == SORTED for one in kept):
        kept = [one for one in kept if one.variant.name != SORTED]
        print(f"  left out: {SORTED}: all documents are one batch, as in order of arrival")
    least = documents or fewest(work)
    while least * sum(one.cost for one in kept) > seconds:
        others = [one for one in kept if one.variant.name not in ESSENTIAL]
        if not others:
            break
        slowest = max(others, key=lambda one: one.cost)
        kept.remove(slowest)
        print(
            f"  left out: {slowest.variant.name}: {least} documents take it "
            f"{least * slowest.cost:.0f} seconds; --only {work.name} measures it",
            flush=True,
        )
    return kept
