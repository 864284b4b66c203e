"""Analyses that share an encoder go through it once; outcomes and faults stay each one's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from schema.document import Document
from schema.options import RunOptions
from schema.results import Failure
from schema.results.outcome import Outcome
from tests.support.alike import alike
from tests.support.checkpoints import build_sentiment
from tests.support.collected import Jobs
from tests.support.shared_checkpoints import WINDOW, build_heads, whole
from tests.support.shared_heads import (
    POISON,
    Passes,
    engines_of,
    is_poisoned,
    joint_job,
    results,
)
from workers.encoders.analysis import EncoderAnalysis
from workers.encoders.interface import Floats, Row
from workers.engine.engine import Engine
from workers.engine.jobs import PreparedJob
from workers.errors import DeviceLostError, WorkerError

TEXTS = [
    "the parcel is broken",
    "Berlin",
    "a. b? The parcel, er, arrived in Berlin!",
    "where is it",
    "Nothing good 4 Anna Miller.",
]
#: Of several windows.
LONG = " ".join(["the parcel for Anna is broken", "Berlin"] * 4)


@pytest.fixture
def engines(heads: dict[str, Path]) -> dict[str, Engine]:
    return engines_of(heads)


class Source(Jobs):
    """Jobs with siblings; notes which are to be computed by themselves."""

    def __init__(self, jobs: Sequence[PreparedJob]) -> None:
        super().__init__([])
        self.remaining = list(jobs)
        self.alone: list[int | None] = []

    def retry_exclusively(self, error: Exception, job_id: int | None = None) -> None:
        self.faults.append(error)
        self.alone.append(job_id)


def documents_of(texts: Sequence[str]) -> list[Document]:
    return [Document(number, text, "en") for number, text in enumerate(texts)]


def finished(engine: Engine, source: Source) -> dict[str, list[Outcome]]:
    done: dict[str, list[Outcome]] = {}
    for job in engine.compute(source, source):
        assert job.job.analysis not in done
        done[job.job.analysis] = job.outcomes
    return done


@pytest.mark.parametrize("lead", ["sentiment", "entities"])
def test_outcomes_are_those_of_whole_checkpoints_to_the_bit_and_the_encoder_runs_once(
    heads: dict[str, Path],
    engines: dict[str, Engine],
    passes: Passes,
    tmp_path: Path,
    lead: str,
) -> None:
    documents = documents_of(TEXTS)
    folders = {name: whole(heads[name], tmp_path / name) for name in ("sentiment", "entities")}
    apart = {name: one.run(documents, RunOptions()) for name, one in engines_of(folders).items()}
    assert any(apart["entities"])
    passes.rows.clear()
    done = finished(engines[lead], Source([joint_job(engines, documents, lead=lead)]))
    assert passes.rows == [len(TEXTS)]
    assert {name: results(outcomes) for name, outcomes in done.items()} == apart
    models = {name: outcomes[0].model for name, outcomes in done.items()}
    assert {name: model.name for name, model in models.items() if model} == {
        name: str(heads[name]) for name in ("sentiment", "entities")
    }


def test_a_text_of_several_windows_is_read_in_the_same_ones_alone_and_together(
    engines: dict[str, Engine], passes: Passes
) -> None:
    documents = documents_of([LONG])
    prepared = [engine.prepare(documents, RunOptions())[0] for engine in engines.values()]
    places = [[(one.features.first, one.length) for one in windows] for windows in prepared]  # type: ignore[union-attr]
    assert places[0] == places[1] and len(places[0]) > 1
    assert places[0][1][0] < WINDOW - 2, "they overlap"
    done = finished(engines["sentiment"], Source([joint_job(engines, documents)]))
    for name, engine in engines.items():
        assert results(done[name]) == engine.run(documents, RunOptions())
    (found,) = results(done["entities"])
    assert all(LONG[entity.start : entity.end] == entity.text for entity in found)


def test_jobs_with_and_without_siblings_go_through_in_the_same_batches(
    heads: dict[str, Path], passes: Passes
) -> None:
    # What ran before in this process may have asked for more, and each thread has its own batches.
    torch.set_num_threads(1)
    engines = engines_of(heads, batch_tokens=60)
    engine = engines["sentiment"]
    first = joint_job(engines, documents_of(TEXTS))
    # The shortest of the first come behind its longest, and beside these.
    others = documents_of(["er!", "Anna, is it here?"])
    prepared = engine.prepare(others, RunOptions())
    second = PreparedJob(7, others, RunOptions(), prepared, first.group, "sentiment")
    whose: list[set[int]] = []
    ids = {
        tuple(window.features.ids): number
        for number, job in enumerate((first, second))
        for windows in job.prepared
        for window in windows  # type: ignore[union-attr]
    }
    passes.before = lambda rows: whose.append({ids.get(tuple(row.ids), -1) for row in rows})
    source = Source([first, second])
    done = {job.job.id: results(job.outcomes) for job in engine.compute(source, source)}
    assert sorted(done) == [0, 1, 7]
    assert sum(passes.rows) == len(TEXTS) + len(others)
    assert {0, 1} in whose
    passes.before = lambda rows: None
    assert alike(done[7], engine.run(others, RunOptions()))


def test_what_was_computed_for_all_counts_once(engines: dict[str, Engine]) -> None:
    source = Source([joint_job(engines, documents_of(TEXTS))])
    counted = [job.counters for job in engines["sentiment"].compute(source, source)]
    assert [one.forwards for one in counted] == [1, 0]
    assert counted[1].tokens == 0


def test_a_document_that_the_encoder_fails_at_is_charged_in_every_job_and_the_others_are_not(
    engines: dict[str, Engine], passes: Passes
) -> None:
    def fail(rows: Sequence[Row]) -> None:
        if is_poisoned(rows):
            raise ValueError("poison")

    passes.before = fail
    documents = documents_of([*TEXTS, POISON])
    source = Source([joint_job(engines, documents)])
    done = finished(engines["sentiment"], source)
    assert not source.faults
    passes.before = lambda rows: None
    for name, engine in engines.items():
        *others, poisoned = results(done[name])
        assert isinstance(poisoned, Failure) and poisoned.error_class == "ValueError"
        assert alike(others, engine.run(documents[:-1], RunOptions()))


def test_a_batch_beyond_the_memory_is_halved_for_all_of_them(
    engines: dict[str, Engine], passes: Passes
) -> None:
    def fail(rows: Sequence[Row]) -> None:
        if len(rows) > 2:
            raise torch.OutOfMemoryError("no room")

    passes.before = fail
    source = Source([joint_job(engines, documents_of(TEXTS))])
    done = finished(engines["sentiment"], source)
    assert not source.faults
    assert sum(rows for rows in passes.rows if rows <= 2) == len(TEXTS)
    for name, engine in engines.items():
        expected = engine.run(documents_of(TEXTS), RunOptions())
        assert alike(results(done[name]), expected)


def break_head(monkeypatch: pytest.MonkeyPatch, engine: Engine, error: Exception) -> list[int]:
    """Have the head of an analysis raise; returns a list that has the rows of each try."""
    rows: list[int] = []
    analysis = engine.analysis
    assert isinstance(analysis, EncoderAnalysis)

    def read(windows: Sequence[Any], logits: Floats) -> list[Any]:
        rows.append(len(windows))
        raise error

    monkeypatch.setattr(analysis, "read", read)
    return rows


@pytest.mark.parametrize("lead", ["sentiment", "entities"])
def test_a_head_that_fails_costs_only_its_own_job(
    engines: dict[str, Engine], monkeypatch: pytest.MonkeyPatch, lead: str
) -> None:
    tries = break_head(monkeypatch, engines["entities"], ValueError("the head"))
    job = joint_job(engines, documents_of(TEXTS), lead=lead)
    source = Source([job])
    done = finished(engines[lead], source)
    assert list(done) == ["sentiment"]
    assert results(done["sentiment"]) == engines["sentiment"].run(documents_of(TEXTS), RunOptions())
    entities = next(one.id for one in (job, *job.siblings) if one.analysis == "entities")
    assert source.alone == [entities]
    assert [str(fault) for fault in source.faults] == ["the head"]
    # It was tried once, at the whole batch: whose fault it is is found out alone.
    assert tries == [len(TEXTS)]


def test_a_head_that_has_no_memory_halves_the_batch(
    engines: dict[str, Engine], passes: Passes, monkeypatch: pytest.MonkeyPatch
) -> None:
    analysis = engines["entities"].analysis
    assert isinstance(analysis, EncoderAnalysis)
    real = analysis.read

    def read(windows: Sequence[Any], logits: Floats) -> list[Any]:
        if len(windows) > 2:
            raise torch.OutOfMemoryError("no room")
        return real(windows, logits)

    monkeypatch.setattr(analysis, "read", read)
    source = Source([joint_job(engines, documents_of(TEXTS))])
    assert sorted(finished(engines["sentiment"], source)) == ["entities", "sentiment"]
    assert not source.faults and max(passes.rows[1:]) < len(TEXTS)


def test_where_no_document_goes_through_one_head_the_others_are_finished(
    engines: dict[str, Engine], passes: Passes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the encoder failed at a document, and that analysis's canary fails then."""
    broken = engines["entities"]

    def sick(*_: object) -> None:
        raise WorkerError("entities is sick")

    monkeypatch.setattr(broken._assembly.canary, "prove_worker", sick)

    def fail(rows: Sequence[Row]) -> None:
        if is_poisoned(rows):
            raise ValueError("poison")

    passes.before = fail
    source = Source([joint_job(engines, documents_of([*TEXTS, POISON]))])
    done = finished(engines["sentiment"], source)
    assert list(done) == ["sentiment"]
    assert source.alone == [1] and str(source.faults[0]) == "entities is sick"


def test_a_lost_device_ends_it_for_all(
    engines: dict[str, Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    break_head(monkeypatch, engines["entities"], RuntimeError("CUDA error: gone"))
    source = Source([joint_job(engines, documents_of(TEXTS))])
    with pytest.raises(DeviceLostError):
        list(engines["sentiment"].compute(source, source))


def test_a_sibling_by_itself_goes_through_its_own_engine(
    engines: dict[str, Engine], passes: Passes
) -> None:
    (sibling,) = joint_job(engines, documents_of(TEXTS)).siblings
    alone = PreparedJob(
        sibling.id, sibling.documents, sibling.options, sibling.prepared, None, "entities"
    )
    done = finished(engines["sentiment"], Source([alone]))
    assert results(done["entities"]) == engines["entities"].run(documents_of(TEXTS), RunOptions())


def test_only_heads_on_one_encoder_share(heads: dict[str, Path], tmp_path: Path) -> None:
    assert engines_of(heads)["sentiment"].siblings == ["entities"]
    assert engines_of(heads)["entities"].siblings == ["sentiment"]
    for name, folder in (
        ("whole", whole(heads["sentiment"], tmp_path / "whole")),
        ("another", build_heads(tmp_path / "other", seed=9)["sentiment"]),
        ("a plain one", build_sentiment(tmp_path / "plain")),
    ):
        engines = engines_of(heads | {"sentiment": folder})
        assert [engine.siblings for engine in engines.values()] == [[], []], name
