"""Documents at hand: engines that share an encoder run it once, and each has its own outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from schema.document import Document
from schema.options import RunOptions
from schema.results import Failure
from tests.support.alike import alike
from tests.support.engine_analysis import CountingAnalysis
from tests.support.shared_heads import POISON, Passes, engines_of, fail_at_poison, is_poisoned
from workers.encoders.interface import Floats, Row
from workers.engine.engine import Engine
from workers.engine.run_together import run_together
from workers.errors import WorkerError


class Other(CountingAnalysis):
    """One that shares nothing."""

    name = "other"


TEXTS = ["the parcel is broken", "Berlin", "Anna is er, in Berlin!", "where is it"]
OPTIONS = RunOptions()


def documents_of(texts: Sequence[str]) -> list[Document]:
    return [Document(number, text, "en") for number, text in enumerate(texts)]


def test_the_encoder_runs_once_and_others_run_beside_it(
    heads: dict[str, Path], passes: Passes
) -> None:
    documents = documents_of(TEXTS)
    engines = engines_of(heads)
    apart = {name: engine.run(documents, OPTIONS) for name, engine in engines.items()}
    counting = {"other": Engine(Other())}
    passes.rows.clear()
    done = run_together(engines | counting, documents, OPTIONS)
    assert passes.rows == [len(TEXTS)]
    assert list(done) == ["sentiment", "entities", "other"]
    assert {name: done[name] for name in engines} == apart
    assert done["other"] == counting["other"].run(documents, OPTIONS)


def test_no_documents_have_no_outcomes(heads: dict[str, Path]) -> None:
    assert run_together(engines_of(heads), [], OPTIONS) == {"sentiment": [], "entities": []}


def test_a_poisoned_document_fails_in_each(heads: dict[str, Path], passes: Passes) -> None:
    def fail(rows: Sequence[Row]) -> None:
        if is_poisoned(rows):
            raise ValueError("poison")

    passes.before = fail
    done = run_together(engines_of(heads), documents_of([*TEXTS, POISON]), OPTIONS)
    for of_analysis in done.values():
        assert [isinstance(one, Failure) for one in of_analysis] == [False] * len(TEXTS) + [True]


def test_a_head_that_fails_at_a_document_fails_at_that_alone(
    heads: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    engines = engines_of(heads)
    documents = documents_of([*TEXTS, POISON])
    apart = {name: engine.run(documents, OPTIONS) for name, engine in engines.items()}
    fail_at_poison(monkeypatch, engines["entities"])
    done = run_together(engines, documents, OPTIONS)
    assert done["sentiment"] == apart["sentiment"]
    *others, poisoned = done["entities"]
    assert isinstance(poisoned, Failure)
    assert alike(others, apart["entities"][:-1])


def test_a_head_that_always_fails_is_the_workers_fault(
    heads: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    engines = engines_of(heads)

    def read(windows: Sequence[Any], logits: Floats) -> list[Any]:
        raise ValueError("the head")

    monkeypatch.setattr(engines["entities"].analysis, "read", read)
    with pytest.raises(WorkerError, match="entities: no document goes through"):
        run_together(engines, documents_of(TEXTS), OPTIONS)
