"""Models of language pairs leave the memory for others, and come back the same."""

from __future__ import annotations

import gc
import shutil
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from schema.catalog import Catalog
from schema.document import Document
from schema.options import RunOptions
from schema.results import Result
from schema.results.outcome import Outcome
from tests.support.batched import catalog_of
from tests.support.checkpoints import build_translation
from tests.support.collected import Jobs, outcomes_of
from tests.support.feedback_texts import SHORT
from workers.analyses.translation import TranslationAnalysis
from workers.analysis import Window
from workers.engine.engine import Engine
from workers.engine.jobs import PreparedJob
from workers.errors import ModelError
from workers.generation import weights as module
from workers.models.registry import ModelRegistry

pytestmark = pytest.mark.slow

LANGUAGES = ("en", "fr", "es")
TEXTS = SHORT[3:9]
#: All languages in turn, so that every job goes through every model.
MIXED = [Document(number, text, LANGUAGES[number % 3]) for number, text in enumerate(TEXTS + TEXTS)]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("pairs")
    return {
        language: build_translation(root / language, seed=15 + number)
        for number, language in enumerate(LANGUAGES)
    }


@pytest.fixture
def catalog(folders: dict[str, Path], tmp_path: Path) -> Catalog:
    """A copy of all pairs, which a test may spoil; and one that nobody loads before it is asked
    for, since its target is not the usual one.
    """
    copies = {name: Path(shutil.copytree(path, tmp_path / name)) for name, path in folders.items()}
    pairs = {f"translation_{language}_de": folder for language, folder in copies.items()}
    return catalog_of(translation_en_fr=copies["fr"], **pairs)


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The models that are really loaded, one by one."""
    loaded: list[str] = []
    load: Any = vars(module)["load"]

    def counted(entry: Any, *rest: Any, **options: Any) -> Any:
        loaded.append(Path(entry.model).name)
        return load(entry, *rest, **options)

    monkeypatch.setattr(module, "load", counted)
    return loaded


@pytest.fixture
def collected_by_count_alone() -> Iterator[None]:
    """What a child has loaded at its start is never searched for circles."""
    gc.disable()
    yield
    gc.enable()


def room_for(catalog: Catalog, models: float) -> ModelRegistry:
    """A registry with a bound of so many of the catalog's models, which are all of one size."""
    one = ModelRegistry()
    TranslationAnalysis(catalog, "cpu", one)
    return ModelRegistry(int(one.loaded()[0].bytes * models))


def analyse(engine: Engine, documents: list[Document] = MIXED) -> list[list[Result]]:
    outcomes = engine.run(documents, RunOptions())
    assert all(isinstance(outcome, list) for outcome in outcomes), outcomes
    return [outcome for outcome in outcomes if isinstance(outcome, list)]


def finished(engine: Engine, job: PreparedJob) -> list[Outcome]:
    jobs = Jobs([job])
    (done,) = engine.compute(jobs, jobs)
    assert jobs.faults == []
    return done.outcomes


@pytest.mark.parametrize("models", [1.5, 2.5, 0.1])
def test_results_are_the_same_whatever_has_to_leave(
    catalog: Catalog, models: float, loads: list[str]
) -> None:
    expected = analyse(Engine(TranslationAnalysis(catalog, "cpu")))
    registry = room_for(catalog, models)
    engine = Engine(TranslationAnalysis(catalog, "cpu", registry))
    loads.clear()
    for _ in range(3):
        assert analyse(engine) == expected
        assert len(registry.loaded()) == max(1, int(models))
    assert len(loads) >= 3


def test_with_room_for_all_each_is_loaded_once(catalog: Catalog, loads: list[str]) -> None:
    registry = room_for(catalog, 3.5)
    loads.clear()
    engine = Engine(TranslationAnalysis(catalog, "cpu", registry))
    for _ in range(3):
        analyse(engine)
    assert sorted(loads) == ["en", "es", "fr"]
    assert len(registry.loaded()) == 3


def test_weights_that_leave_are_gone_at_once(
    catalog: Catalog, collected_by_count_alone: None
) -> None:
    registry = room_for(catalog, 1.5)
    analysis = TranslationAnalysis(catalog, "cpu", registry)
    with analysis._generators["en-de"].decoder() as decoder:
        model: Any = decoder._model
        parts = [model.decoder[0].qkv._weight, model.encoder[0], model.head]
        alive = [weakref.ref(part) for part in parts if hasattr(part, "__weakref__")]
    del decoder, model, parts
    assert alive and all(one() is not None for one in alive)
    analyse(Engine(analysis), [MIXED[1]])
    assert [one() for one in alive] == [None] * len(alive)


def test_what_is_tokenised_outlives_the_weights(catalog: Catalog, loads: list[str]) -> None:
    """As in a child: the next job is tokenised, and others are computed before it is its turn."""
    engine = Engine(TranslationAnalysis(catalog, "cpu"))
    expected = outcomes_of(engine, MIXED, RunOptions())
    engine = Engine(TranslationAnalysis(catalog, "cpu", room_for(catalog, 1.5)))
    prepared = engine.prepare(MIXED, RunOptions())
    loads.clear()
    for document in MIXED[:3]:
        analyse(engine, [document])
    assert finished(engine, PreparedJob(0, MIXED, RunOptions(), prepared)) == expected
    assert len(loads) >= 5


def test_a_model_in_use_is_not_dropped_by_whoever_tokenises(catalog: Catalog) -> None:
    """The first documents of a pair are tokenised in another thread while the model computes."""
    registry = room_for(catalog, 1.5)
    analysis = TranslationAnalysis(catalog, "cpu", registry)
    (windows,) = analysis.prepare([MIXED[0]], RunOptions())
    assert isinstance(windows, list)
    expected = analysis.forward(windows, lambda: None)
    tokenised: list[list[Window] | Exception] = []

    def tokenise() -> None:
        tokenised.extend(analysis.prepare([MIXED[0]], RunOptions(translate_to="fr")))

    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1
        if steps == 2:  # the first comes before weights are asked for
            thread = threading.Thread(target=tokenise)
            thread.start()
            thread.join()

    assert analysis.forward(windows, step) == expected
    (of_new_pair,) = tokenised
    assert isinstance(of_new_pair, list)
    assert len(registry.loaded()) == 1
    assert analysis.forward(of_new_pair, lambda: None)


def test_a_stream_loads_what_has_left(catalog: Catalog, loads: list[str]) -> None:
    engine = Engine(TranslationAnalysis(catalog, "cpu", room_for(catalog, 1.5)))
    documents = [Document(number, text, "en") for number, text in enumerate(TEXTS)]
    expected = outcomes_of(engine, documents, RunOptions())
    prepared = engine.prepare(documents, RunOptions())
    analyse(engine, [MIXED[1]])
    loads.clear()
    job = PreparedJob(0, documents, RunOptions(), prepared, engine.group_of(prepared))
    assert job.group == "en-de"
    assert finished(engine, job) == expected
    assert loads == ["en"]


@pytest.mark.parametrize("harm", ["gone", "other"])
def test_a_model_that_does_not_come_back_is_the_workers_fault(catalog: Catalog, harm: str) -> None:
    engine = Engine(TranslationAnalysis(catalog, "cpu", room_for(catalog, 1.5)))
    analyse(engine, [MIXED[1]])
    folder = Path(catalog.pair("en", "de").model)
    shutil.rmtree(folder)
    if harm == "other":
        build_translation(folder, seed=99)
    message = "does not exist" if harm == "gone" else "has changed on the disk"
    with pytest.raises(ModelError, match=message):
        engine.run([MIXED[0]], RunOptions())
    analyse(engine, [MIXED[1]])


def test_a_stream_keeps_its_weights_while_it_waits_for_jobs(
    catalog: Catalog, loads: list[str]
) -> None:
    """The next job may be of another pair, whose model the prefetcher loads meanwhile."""
    registry = room_for(catalog, 1.5)
    analysis = TranslationAnalysis(catalog, "cpu", registry)
    engine = Engine(analysis)
    documents = [Document(number, text, "en") for number, text in enumerate(TEXTS)]
    expected = outcomes_of(engine, documents, RunOptions())
    prepared = engine.prepare(documents, RunOptions())
    job = PreparedJob(0, documents, RunOptions(), prepared, engine.group_of(prepared))
    analyse(engine, [MIXED[1]])
    loads.clear()

    class Prefetching(Jobs):
        def join(self, group: str, *, wait: bool) -> PreparedJob | None:
            with analysis._generators["fr-de"].decoder():
                return super().join(group, wait=wait)

    jobs = Prefetching([job])
    (done,) = engine.compute(jobs, jobs)
    assert done.outcomes == expected
    assert loads.count("en") == 1


def test_a_stream_that_has_ended_lets_its_weights_go(
    catalog: Catalog, collected_by_count_alone: None
) -> None:
    """The engine asks for the next job, whose model may need their place."""
    analysis = TranslationAnalysis(catalog, "cpu", room_for(catalog, 1.5))
    engine = Engine(analysis)
    documents = [Document(number, text, "en") for number, text in enumerate(TEXTS)]
    prepared = engine.prepare(documents, RunOptions())
    job = PreparedJob(0, documents, RunOptions(), prepared, engine.group_of(prepared))
    alive: list[weakref.ref[Any]] = []
    left: list[bool] = []

    class Next(Jobs):
        def join(self, group: str, *, wait: bool) -> PreparedJob | None:
            if not alive:
                with analysis._generators["en-de"].decoder() as decoder:
                    model = cast("Any", decoder)._model
                    alive.append(weakref.ref(model.decoder[0].qkv._weight))
            return super().join(group, wait=wait)

        def next(self) -> PreparedJob | None:
            if alive:
                with analysis._generators["fr-de"].decoder():
                    left.append(alive[0]() is not None)
            return super().next()

    jobs = Next([job])
    assert len(list(engine.compute(jobs, jobs))) == 1
    assert left == [False]
