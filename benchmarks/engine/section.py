"""One section of the table: an analysis, in all its variants, on the same documents."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from transformers import AutoTokenizer

from benchmarks.engine.measuring.amount import ESSENTIAL, Contestant, affordable, amount
from benchmarks.engine.measuring.cost import Costs
from benchmarks.engine.measuring.isolated_process import Household
from benchmarks.engine.measuring.matmul_peak import Peak
from benchmarks.engine.measuring.timing import Timed, interleave, sample
from benchmarks.engine.reporting.row import Row, row_of
from benchmarks.engine.synthetic import texts
from benchmarks.engine.synthetic.shapes import Shape
from benchmarks.engine.variants.transformers_pipelines import BASELINE
from benchmarks.engine.workload import LeftOut, Place, Said, Variant, Work, Written
from schema.document import Document

#: Documents that warm a variant up and say how quick it is; with beams one takes seconds.
_WARM_UP, _WARM_UP_BEAMS = 4, 1
#: Slow variants take part in the first round only.
_SLOW_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured.

    Attributes:
        seconds: For the whole section, loading and warming up too; decides what is not said below.
        documents: How many; 0 for as many as there is time for.
        rounds: How many; 0 likewise, at most 3.
        baseline: Whether the baseline is timed too; without it there are no ratios.
        hurried: Whether slow variants are left out where the seconds do not suffice for them.
    """

    seconds: float
    documents: int = 0
    rounds: int = 0
    baseline: bool = True
    hurried: bool = False


def measure(
    work: Work,
    shape: Shape,
    place: Place,
    variants: Sequence[Variant],
    peak: Peak,
    plan: Plan,
) -> list[Row]:
    """Time all variants, each in its household's process, and compare what they say.

    Args:
        work: What to do.
        shape: Of the model.
        place: Where.
        variants: The baseline first.
        peak: Gets a sample between rounds.
        plan: How much.
    """
    began = time.monotonic()
    with ExitStack() as households:
        contestants = _ready(work, place, variants, households, plan)
        left = replace(plan, seconds=plan.seconds - (time.monotonic() - began))
        return _measured(work, shape, place, contestants, peak, left)


def _measured(
    work: Work,
    shape: Shape,
    place: Place,
    contestants: Sequence[Contestant],
    peak: Peak,
    plan: Plan,
) -> list[Row]:
    timed_ones = [one for one in contestants if plan.baseline or one.variant.name != BASELINE]
    if plan.hurried:
        timed_ones = affordable(work, timed_ones, plan.documents, plan.seconds)
    documents, rounds = _amount(work, timed_ones, plan)
    print(f"{work.name}: {len(documents)} documents, {rounds} rounds", flush=True)
    timed = [_timed(one, documents, rounds) for one in timed_ones]
    interleave(timed, peak.measure)
    reference = _reference(work, place, contestants[0], documents)
    tokenizer = AutoTokenizer.from_pretrained(place.checkpoint)
    costs = Costs(work, shape, tokenizer, documents, reference)
    rows = []
    baseline = timed[0].samples if plan.baseline else None
    for one, its in zip(timed_ones, timed, strict=True):
        part = _part(one.variant, documents)
        rows.append(
            row_of(work, one.variant, its.samples, baseline, documents, part, costs, peak).agreeing(
                work, part, reference, one.said, costs.fitting
            )
        )
    return rows


def _ready(
    work: Work,
    place: Place,
    variants: Sequence[Variant],
    households: ExitStack,
    plan: Plan,
) -> list[Contestant]:
    """Loaded and warm; each variant that cannot be is left out with a line."""
    warm_up = texts.documents(_WARM_UP_BEAMS if work.beams > 1 else _WARM_UP, seed=2)
    contestants: list[Contestant] = []
    began = time.monotonic()
    names = {variant.name: variant.household or variant.name for variant in variants}
    # All at once: it takes each of them some seconds to begin.
    known = {name: households.enter_context(Household(work, place)) for name in set(names.values())}
    for variant in variants:
        late = plan.hurried and time.monotonic() - began > plan.seconds
        if late and variant.name not in ESSENTIAL:
            print(f"  left out: {variant.name}: {_no_time(work)}", flush=True)
            continue
        try:
            contestant = Contestant(variant, known[names[variant.name]].load(variant.name))
        except LeftOut as reason:
            print(f"  left out: {variant.name}: {reason}", flush=True)
            continue
        contestant.each = _each_like(contestant, contestants) or _each(contestant, warm_up)
        print(f"  ready: {variant.name}: {1 / contestant.each:.1f} documents/s warm", flush=True)
        contestants.append(contestant)
    return contestants


def _each_like(one: Contestant, others: Sequence[Contestant]) -> float:
    """Seconds a document in as large batches of the same model; 0 if there are none."""
    household, share = one.variant.household, one.variant.share
    return next(
        (
            other.each
            for other in others
            if household and (other.variant.household, other.variant.share) == (household, share)
        ),
        0.0,
    )


def _each(one: Contestant, warm_up: Sequence[Document]) -> float:
    some = texts.thinned(warm_up, one.variant.share)
    first = sample(lambda: one.run(some)).seconds
    again = sample(lambda: one.run(some)).seconds if first < 5 else first
    return again / len(some)


def _no_time(work: Work) -> str:
    return f"there is no time for it; --only {work.name} measures it"


def _amount(
    work: Work, contestants: Sequence[Contestant], plan: Plan
) -> tuple[list[Document], int]:
    count, rounds = amount(work, contestants, plan.seconds, plan.documents, plan.rounds)
    return texts.documents(count), rounds


def _part(variant: Variant, documents: Sequence[Document]) -> list[Document]:
    return texts.thinned(documents, variant.share) if variant.share < 1 else list(documents)


def _timed(one: Contestant, documents: Sequence[Document], rounds: int) -> Timed:
    part = _part(one.variant, documents)

    def call() -> None:
        one.said = one.run(part)

    slow = one.each * len(part) > _SLOW_SECONDS and one.variant.share < 1
    return Timed(call, 1 if slow else rounds)


def _reference(
    work: Work, place: Place, baseline: Contestant, documents: Sequence[Document]
) -> Mapping[int | str, Said]:
    """What the baseline says of each document, from an earlier run if it did not say it now."""
    path = place.checkpoint / f"reference-{len(documents)}.json"
    if not baseline.said:
        if path.is_file():
            return _read_reference(path, documents)
        print(f"  the reference of {len(documents)} documents, once …", flush=True)
        baseline.said = baseline.run(documents)
    kept = [asdict(said) if isinstance(said, Written) else said for said in baseline.said]
    path.write_text(json.dumps(kept), "utf-8")
    return _by_id(documents, baseline.said)


def _read_reference(path: Path, documents: Sequence[Document]) -> Mapping[int | str, Said]:
    def frozen(said: Any) -> Any:
        if isinstance(said, dict):
            return Written(**said)
        return tuple(map(frozen, said)) if isinstance(said, list) else said

    return _by_id(documents, [frozen(said) for said in json.loads(path.read_text("utf-8"))])


def _by_id(documents: Sequence[Document], said: Sequence[Said]) -> Mapping[int | str, Said]:
    return {document.id: its for document, its in zip(documents, said, strict=True)}
