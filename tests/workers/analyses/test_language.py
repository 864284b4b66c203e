"""Language: given or found, unsure, or none at all."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from schema.catalog import Catalog, CatalogEntry, load_catalog
from schema.catalog.entry import EntryOptions
from schema.document import Document
from schema.options import RunOptions
from schema.results import Abstention, Failure
from schema.results.language import DetectedLanguage
from workers.analyses import load_analysis
from workers.engine.engine import Engine
from workers.errors import ModelError

GERMAN = "Das Paket kam zwei Tage zu spät und war schon offen."


def catalog(**entry: object) -> Catalog:
    given = CatalogEntry.model_validate({"model": "py3langid"} | entry)
    return Catalog("test", {"language": given})


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(load_analysis("language", load_catalog("pocket"), "cpu"))


def found(engine: Engine, text: str, language: str | None = None) -> DetectedLanguage:
    (result,) = all_found(engine, [Document(1, text, language)])
    return result


def all_found(engine: Engine, documents: Sequence[Document]) -> list[DetectedLanguage]:
    results = []
    for outcome in engine.run(documents, RunOptions()):
        assert not isinstance(outcome, Failure | Abstention)
        (result,) = outcome
        assert isinstance(result, DetectedLanguage)
        results.append(result)
    return results


def test_a_text_says_its_language(engine: Engine) -> None:
    result = found(engine, GERMAN)
    assert (result.language, result.unsure, result.origin) == ("de", False, "text")
    assert result.probability is not None and result.probability > 0.9


def test_a_document_keeps_the_language_that_it_came_with(engine: Engine) -> None:
    before = engine.counters.copy()
    assert found(engine, GERMAN, "fr") == DetectedLanguage("fr", None, False, "given")
    assert engine.counters.forwards == before.forwards, "nothing is computed"


@pytest.mark.parametrize("text", ["5/5", "👍👍", "12.50 €", "!!!"])
def test_without_letters_there_is_no_language(engine: Engine, text: str) -> None:
    assert found(engine, text) == DetectedLanguage("und", 1.0, False, "text")


@pytest.mark.parametrize("text", ["ok", "Super", "asdf"])
def test_what_says_too_little_is_unsure(engine: Engine, text: str) -> None:
    assert found(engine, text).unsure


def test_many_texts_go_through_in_their_order(engine: Engine) -> None:
    texts = [GERMAN, "The parcel was two days late and open."] * 400
    documents = [Document(number, text) for number, text in enumerate(texts)]
    results = all_found(engine, documents)
    assert [result.language for result in results] == ["de", "en"] * 400


def test_the_catalog_may_name_the_languages_and_the_limit() -> None:
    entry = catalog(languages=["English", "deu"], options=EntryOptions(unsure_below=0.999999))
    analysis = load_analysis("language", entry, "cpu")
    result = found(Engine(analysis), GERMAN)
    assert (result.language, result.unsure) == ("de", True)
    (model,) = analysis.provenance()
    assert model.name == "py3langid"
    assert model.options == {"languages": "de en", "unsure_below": 0.999999}


def test_all_languages_are_looked_among_for_a_star() -> None:
    analysis = load_analysis("language", catalog(languages=["*"]), "cpu")
    (model,) = analysis.provenance()
    assert model.options["languages"] == "*"


def test_a_language_that_the_library_does_not_know_is_refused() -> None:
    with pytest.raises(ModelError, match=r"\[language\] languages: .* does not know ab"):
        load_analysis("language", catalog(languages=["en", "ab"]), "cpu")


def test_another_model_is_refused() -> None:
    with pytest.raises(ModelError, match="write 'py3langid', or leave the table out"):
        load_analysis("language", catalog(model="papluca/xlm-roberta"), "cpu")
