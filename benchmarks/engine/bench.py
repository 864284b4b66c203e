"""All sections of a run, one after the other."""

from __future__ import annotations

import argparse
import gc
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from transformers.utils import logging as transformers_logging

from benchmarks.engine.checkpoints import make_checkpoint, with_beams
from benchmarks.engine.peak import Peak
from benchmarks.engine.row import Row
from benchmarks.engine.section import Plan, measure
from benchmarks.engine.shapes import SHAPES
from benchmarks.engine.transformers_variants import BASELINE
from benchmarks.engine.variants import known_variants
from benchmarks.engine.whole import Scale, Whole, measure_scales, measure_whole
from benchmarks.engine.work import WORKS, LeftOut, Place, Variant, Work

#: Sections besides those of single analyses.
SYSTEM = ("system", "system-translation", "scaling")
_SIZES = (1_000, 10_000, 100_000)
_SYSTEM_SHARE = 0.1
#: A section that would take so many times its share is left out of a run of all sections.
_TOO_LONG = 3.0


@dataclass(slots=True)
class Found:
    """What a run has found.

    Attributes:
        rows: Of all sections.
        wholes: The system against the engine alone.
        scales: Runs of several sizes through the system.
        limits: Operations a second by precision, medians over the run.
        device: Where.
        threads: On a CPU.
        shapes: `real` or `tiny`.
    """

    device: str
    threads: int
    shapes: str
    rows: list[Row] = field(default_factory=list)
    wholes: list[Whole] = field(default_factory=list)
    scales: list[Scale] = field(default_factory=list)
    limits: dict[str, float] = field(default_factory=dict)


def bench(
    asked: argparse.Namespace, threads: int, minutes: float, on_section: Callable[[Found], object]
) -> Found:
    """Measure the sections that were asked for.

    Args:
        asked: The command line.
        threads: Of torch.
        minutes: For all sections together.
        on_section: Called with what was found so far after every section of a single analysis.
    """
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    works = _works(asked.only, full=asked.amount == "full")
    peak = Peak(asked.device, 256 if asked.shapes == "tiny" else 0)
    whole = sum(work.share for work in works)
    # A section alone gets at most half of the time: whoever asks for one wants it soon.
    found = Found(asked.device, threads, asked.shapes)
    for work in works:
        seconds = 60 * minutes * min(0.5, work.share / whole)
        plan = Plan(
            seconds=seconds,
            documents=asked.documents,
            rounds=asked.rounds,
            baseline=not asked.no_baseline,
            most=_TOO_LONG * seconds if asked.only is None and asked.amount != "full" else 0,
        )
        place = Place(_checkpoint(asked, work), asked.device, threads)
        variants = _variants(work, place, asked.variants)
        shape = SHAPES[asked.shapes][work.checkpoint]
        try:
            found.rows += measure(work, shape, place, variants, peak, plan)
        except LeftOut as reason:
            print(f"left out: {work.name}: {reason}", flush=True)
            continue
        found.limits = peak.limits()
        on_section(found)
        gc.collect()
    try:
        _measure_system(asked, threads, minutes, found)
    except LeftOut as reason:
        print(f"left out: the system: {reason}", flush=True)
    peak.measure()
    found.limits = peak.limits()
    return found


def _measure_system(asked: argparse.Namespace, threads: int, minutes: float, found: Found) -> None:
    names = _names(asked.only)
    full = asked.amount == "full"
    wholes = {"system": "sentiment", "system-translation": "translation"}
    usual = ["system", *(["system-translation"] if full else [])]
    for name, work in wholes.items():
        if name in (names or usual):
            print(f"{name}: the engine alone and the whole system", flush=True)
            place = Place(_checkpoint(asked, WORKS[work]), asked.device, threads)
            seconds = 60 * minutes * _SYSTEM_SHARE
            found.wholes.append(measure_whole(WORKS[work], place, seconds, asked.documents))
    if "scaling" in (names or ["scaling"]):
        print("scaling: pocket sentiment through the whole system", flush=True)
        sizes = _SIZES if full else _SIZES[: 1 if asked.amount == "quick" else 2]
        place = Place(Path(), asked.device, threads)
        found.scales = measure_scales(asked.sizes or sizes, place)


def _names(only: str | None) -> list[str]:
    names = [name.strip() for name in only.split(",")] if only else []
    known = [*WORKS, *SYSTEM]
    if unknown := [name for name in names if name not in known]:
        raise SystemExit(f"--only: no section {unknown[0]!r}; there are {', '.join(known)}")
    return names


def _works(only: str | None, *, full: bool) -> list[Work]:
    if only is None:
        return [work for work in WORKS.values() if work.usual or full]
    return [WORKS[name] for name in _names(only) if name in WORKS]


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
