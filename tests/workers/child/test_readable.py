"""Which text of a document an analysis reads: the original, its translation, or none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from schema.catalog import Catalog, CatalogEntry
from schema.document import Document
from schema.ledger.claim import Claim
from schema.options import RunOptions
from schema.results import Abstention
from tests.support.engine_analysis import CountingAnalysis
from workers.analyses.translation import TranslationAnalysis
from workers.child.readable import choose_texts
from workers.engine.engine import Engine

ENGLISH = RunOptions(translate_to="en")
GERMAN = RunOptions(translate_to="de")


def claim(options: RunOptions = ENGLISH, analysis: str = "sentiment") -> Claim:
    needs = {analysis: ["language", "translation"]}
    return Claim(1, 1, analysis, 0, 1, 1, 1, options, needs)


def reader(*languages: str) -> Engine:
    analysis = CountingAnalysis()
    analysis.languages = frozenset(languages) or None
    return Engine(analysis)


@pytest.mark.parametrize("language", ["en", None])
def test_what_it_reads_or_nobody_knows_is_read_as_it_is(language: str | None) -> None:
    document = Document(1, "a text", language, "its translation")
    original = replace(document, translation=None)
    assert choose_texts([document], reader("en"), claim()) == ([original], [])


def test_another_language_is_read_in_translation() -> None:
    document = Document(1, "ein Text", "de", "a text")
    ((read,), abstained) = choose_texts([document], reader("en", "fr"), claim())
    assert (read.id, read.text, read.language, read.text_used) == (1, "a text", "en", "translation")
    assert abstained == []


@pytest.mark.parametrize(
    ("translation", "options"), [(None, ENGLISH), ("  ", ENGLISH), ("un texte", GERMAN)]
)
def test_without_a_translation_that_it_reads_it_abstains(
    translation: str | None, options: RunOptions
) -> None:
    documents = [Document(1, "ein Text", "de", translation), Document(2, "a text", "en")]
    if options is GERMAN:
        documents[0] = replace(documents[0], language="es")
    read, (outcome,) = choose_texts(documents, reader("en"), claim(options))
    assert read == documents[1:]
    assert (outcome.document_id, outcome.model) == (1, None)
    assert outcome.outcome == Abstention(f"language {documents[0].language}")


def test_a_multilingual_model_reads_the_original() -> None:
    document = Document(1, "ein Text", "de", "a text")
    original = replace(document, translation=None)
    assert choose_texts([document], reader(), claim()) == ([original], [])


def test_a_run_that_says_nothing_of_it_reads_all_as_it_is() -> None:
    document = Document(1, "ein Text", "de")
    old = replace(claim(), needs={})
    assert choose_texts([document], reader("en"), old) == ([document], [])


@pytest.mark.parametrize("form", ["no", "nb", "nn"])
def test_a_model_of_norwegian_reads_its_forms(form: str) -> None:
    assert reader("no").analysis.reads(form, ENGLISH)


def test_translation_reads_what_the_catalog_has_a_pair_for() -> None:
    entry = CatalogEntry(model="Helsinki-NLP/opus-mt-en-de")
    analysis = TranslationAnalysis.__new__(TranslationAnalysis)
    analysis._catalog = Catalog("test", {"translation.en-de": entry})
    found = [analysis.reads(language, GERMAN) for language in ("en", "de", "fr")]
    assert found == [True, True, False]
    analysis._catalog = Catalog("test", {"translation": entry})
    assert analysis.reads("fr", GERMAN), "one model for all pairs"
