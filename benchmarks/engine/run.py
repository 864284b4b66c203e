"""All sections of a run, one after the other."""

from __future__ import annotations

import argparse
import gc
from collections.abc import Callable, Sequence
from pathlib import Path

from transformers.utils import logging as transformers_logging

from benchmarks.engine.measuring.end_to_end import (
    Amount,
    measure_scales,
    measure_whole,
)
from benchmarks.engine.measuring.matmul_peak import Peak
from benchmarks.engine.measuring.time_budget import Timetable
from benchmarks.engine.reporting.findings import Found
from benchmarks.engine.section import Plan, measure
from benchmarks.engine.synthetic.checkpoints import make_checkpoint, with_beams
from benchmarks.engine.synthetic.shapes import SHAPES
from benchmarks.engine.variants.all import known_variants
from benchmarks.engine.variants.transformers_pipelines import BASELINE
from benchmarks.engine.workload import WORKS, LeftOut, Place, Variant, Work

#: Sections besides those of single analyses, with what goes through the whole system there.
SYSTEM = {
    "system": "sentiment",
    "system-entities-large": "entities-large",
    "system-translation": "translation",
    "scaling": "sentiment",
}
#: Of these, those that are measured only in a full run, or if somebody asks for them.
_UNUSUAL = {"system-entities-large", "system-translation"}
_SIZES = (1_000, 10_000, 100_000)
_SYSTEM_SHARE = 0.1


def bench(
    asked: argparse.Namespace, threads: int, minutes: float, on_section: Callable[[Found], object]
) -> Found:
    """Measure the sections that were asked for.

    Args:
        asked: The command line.
        threads: Of torch.
        minutes: For all sections together, but not for making checkpoints.
        on_section: Called with what was found so far after every section of a single analysis.
    """
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    names = _names(asked.only, asked.amount)
    works = [WORKS[name] for name in names if name in WORKS]
    # Before the clock starts: they are made once.
    checkpoints = {work.name: _checkpoint(asked, work) for work in works}
    peak = Peak(asked.device, 256 if asked.shapes == "tiny" else 0)
    shares = {name: WORKS[name].share if name in WORKS else _SYSTEM_SHARE for name in names}
    timetable = Timetable(60 * minutes, shares)
    found = Found(asked.device, threads, asked.shapes)
    for work in works:
        seconds = timetable.begin(work.name)
        plan = Plan(
            seconds=seconds,
            documents=asked.documents,
            rounds=asked.rounds,
            baseline=not asked.no_baseline,
            hurried=asked.only is None and asked.amount != "full",
        )
        place = Place(checkpoints[work.name], asked.device, threads)
        variants = _variants(work, place, asked.variants)
        shape = SHAPES[asked.shapes][work.checkpoint]
        found.rows += measure(work, shape, place, variants, peak, plan)
        found.limits = peak.limits()
        on_section(found)
        gc.collect()
    try:
        _measure_system(asked, names, threads, timetable, found)
    except LeftOut as reason:
        print(f"left out: the system: {reason}", flush=True)
    peak.measure()
    found.limits = peak.limits()
    return found


def _measure_system(
    asked: argparse.Namespace,
    names: Sequence[str],
    threads: int,
    timetable: Timetable,
    found: Found,
) -> None:
    for name in SYSTEM:
        if name in names and name != "scaling":
            print(f"{name}: the engine alone and the whole system", flush=True)
            work = WORKS[SYSTEM[name]]
            place = Place(_checkpoint(asked, work), asked.device, threads)
            seconds = timetable.begin(name)
            precision = asked.precision
            amount = Amount(seconds, asked.documents, asked.children)
            found.wholes.append(measure_whole(work, place, amount, precision))
    if "scaling" in names:
        print("scaling: pocket sentiment through the whole system", flush=True)
        sizes = _SIZES[: {"quick": 1, "usual": 2, "full": 3}[asked.amount]]
        place = Place(Path(), asked.device, threads)
        found.scales = measure_scales(asked.sizes or sizes, place)


def _names(only: str | None, amount: str) -> list[str]:
    """Of all sections to measure, in their order."""
    known = [*WORKS, *SYSTEM]
    if only is None:
        unusual = {work.name for work in WORKS.values() if not work.usual} | _UNUSUAL
        return [name for name in known if amount == "full" or name not in unusual]
    names = {name.strip() for name in only.split(",")}
    if unknown := names.difference(known):
        raise SystemExit(f"--only: no section {min(unknown)!r}; there are {', '.join(known)}")
    return [name for name in known if name in names]


def _checkpoint(asked: argparse.Namespace, work: Work) -> Path:
    root = (asked.models or asked.to / "models").resolve() / asked.shapes
    folder = make_checkpoint(root, work.checkpoint, SHAPES[asked.shapes][work.checkpoint])
    return with_beams(folder, work.beams) if work.beams else folder


def _variants(work: Work, place: Place, wanted: str | None) -> list[Variant]:
    """The baseline first, whether it was asked for or not."""
    parts = [part.strip().lower() for part in (wanted or "").split(",")]
    known = [*known_variants(work, place)]
    first = [variant for variant in known if variant.name == BASELINE]
    others = [variant for variant in known if variant.name != BASELINE]
    return first + [
        variant for variant in others if any(part in variant.name.lower() for part in parts)
    ]
