"""The analyses of tiny heads on one encoder, whose passes are counted and can be made to fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from schema.catalog import Catalog, CatalogEntry
from schema.catalog.entry import EntryOptions
from schema.document import Document
from schema.options import RunOptions
from schema.results.outcome import Outcome
from workers.analyses.entities import EntitiesAnalysis
from workers.analyses.sentiment import SentimentAnalysis
from workers.encoders.analysis import EncoderAnalysis
from workers.encoders.interface import Row
from workers.encoders.packed import PackedEncoder
from workers.engine.engine import Engine
from workers.engine.jobs import PreparedJob
from workers.engine.sharing import share_encoders

#: The id of whatever the tiny tokenizer does not know, as in a poisoned document.
UNKNOWN = 3
POISON = "the parcel ☠ is broken"


def catalog_of(folders: dict[str, Path], **options: Any) -> Catalog:
    """A catalog of checkpoints for sentiment and entities."""
    given = EntryOptions(**({"precision": "fp32"} | options))
    entries = {
        name: CatalogEntry(model=str(folders[name]), options=given)
        for name in ("sentiment", "entities")
    }
    return Catalog("heads", entries)


def engines_of(folders: dict[str, Path], **options: Any) -> dict[str, Engine]:
    """Engines that share what they can."""
    catalog = catalog_of(folders, **options)
    analyses: list[EncoderAnalysis] = [
        SentimentAnalysis(catalog, "cpu"),
        EntitiesAnalysis(catalog, "cpu"),
    ]
    engines = {analysis.name: Engine(analysis) for analysis in analyses}
    share_encoders(engines)
    return engines


def joint_job(
    engines: dict[str, Engine],
    documents: Sequence[Document],
    *,
    lead: str = "sentiment",
    job_id: int = 0,
) -> PreparedJob:
    """A job of the lead with a sibling for every other engine; ids count up from `job_id`."""
    engine, options = engines[lead], RunOptions()
    prepared = engine.prepare(documents, options)
    job = PreparedJob(job_id, documents, options, prepared, engine.group_of(prepared), lead)
    siblings = [
        replace(job, id=job_id + number, analysis=name)
        for number, name in enumerate(engine.siblings, start=1)
    ]
    return replace(job, siblings=siblings)


def results(outcomes: Sequence[Outcome]) -> list[Any]:
    """What came of each document, without the model."""
    return [outcome.outcome for outcome in outcomes]


class Passes:
    """The passes through any packed encoder.

    Attributes:
        rows: Of each pass, how many rows it had.
        before: Called with the rows of each, before it is computed; may raise as a model would.
    """

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.before: Callable[[Sequence[Row]], object] = lambda rows: None

    @contextmanager
    def watched(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        real = PackedEncoder._inputs

        def inputs(encoder: PackedEncoder, rows: Sequence[Row]) -> Any:
            self.rows.append(len(rows))
            self.before(rows)
            return real(encoder, rows)

        with monkeypatch.context() as patch:
            patch.setattr(PackedEncoder, "_inputs", inputs)
            yield


def is_poisoned(rows: Sequence[Row]) -> bool:
    return any(UNKNOWN in row.ids for row in rows)


def fail_at_poison(monkeypatch: pytest.MonkeyPatch, engine: Engine) -> None:
    """Have the head of an engine fail at what is poisoned; its encoder does not."""
    analysis = engine.analysis
    assert isinstance(analysis, EncoderAnalysis)
    real = analysis.read

    def read(windows: Sequence[Any], logits: Any) -> list[Any]:
        if is_poisoned([window.features for window in windows]):
            raise ValueError("the head")
        return real(windows, logits)

    monkeypatch.setattr(analysis, "read", read)
