"""The project's engine, by the public way in: a catalog, an analysis, an `Engine`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, get_args

import torch

from benchmarks.engine.workload import LeftOut, Place, Run, Said, Variant, Work, Written
from schema.catalog import Precision, load_catalog
from schema.document import Document
from schema.options import RunOptions
from schema.results import Failure
from workers.analyses import load_analysis
from workers.engine.engine import Engine
from workers.errors import ModelError
from workers.models.precision import has_bf16

_MEASURED = ("fp32", "bf16", "int8")


def engine_variants(work: Work, place: Place) -> Iterator[Variant]:
    """The engine at each precision; tokenising and assembling are part of it."""
    for precision in get_args(Precision):
        if precision in _MEASURED:
            load = partial(load_engine, work, place, precision)
            yield Variant(f"engine {precision}", precision, load)


def write_catalog(work: Work, place: Place, precision: Precision) -> str:
    """A catalog beside the checkpoint that names it; its path."""
    table = "translation.en-de" if work.analysis == "translation" else work.analysis
    path = place.checkpoint.parent / f"{place.checkpoint.name}-{precision}.toml"
    path.write_text(
        f"[{table}]\nmodel = {json.dumps(f'./{place.checkpoint.name}')}\n"
        f'options = {{ precision = "{precision}" }}\n',
        "utf-8",
    )
    return str(path)


def load_engine(work: Work, place: Place, precision: Precision) -> Run:
    """A warm engine.

    Raises:
        LeftOut: If it cannot load the model so.
    """
    if precision == "bf16" and not has_bf16(torch.device(place.device)):
        raise LeftOut("this processor has no bf16")
    catalog = load_catalog(write_catalog(work, place, precision))
    try:
        engine = Engine(load_analysis(work.analysis, catalog, place.device))
    except ModelError as error:
        raise LeftOut(str(error)) from error

    def run(documents: Sequence[Document]) -> list[Said]:
        return [_said(results) for results in engine.run(documents, RunOptions())]

    return run


def _said(results: Any) -> Said:
    if isinstance(results, Failure):
        raise RuntimeError(f"the engine failed on a document: {results.message}")
    first: Any = results[0] if results else None
    match type(first).__name__:
        case "Sentiment":
            return str(first.label)
        case "Answer":
            return (first.start, first.end)
        case "Summary":
            return Written(first.summary)
        case "Translation":
            return Written(first.translation)
    return tuple((found.type, found.start, found.end) for found in results)
