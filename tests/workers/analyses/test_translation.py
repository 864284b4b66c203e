"""Translations: what the pipeline of Transformers 4.57.6 wrote, and which model writes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from shutil import copytree

import huggingface_hub.constants
import pytest

from schema.catalog import CalibrationOptions, Catalog, CatalogEntry, EntryOptions
from schema.document import Document
from schema.options import RunOptions
from schema.results import Abstention, Failure, Result
from schema.results.translation import Translation
from tests.support.batched import ROW_BY_ROW, analyse, catalog_of, documents_of
from tests.support.checkpoints import SEQ2SEQ_WINDOW, build_translation, fingerprint
from tests.support.feedback_texts import long_texts
from tests.support.generated import assert_settings, reference_of
from tests.support.hub_server import hub_server
from tests.support.seq2seq_variants import SETTINGS, TRANSLATION, with_decoding
from workers.analyses.translation import UNCERTAIN, TranslationAnalysis
from workers.engine.document_state import Conclusion
from workers.errors import DocumentError
from workers.models.loading import ModelError

REFERENCE = reference_of("translation")


@pytest.fixture(scope="module")
def folders(
    tiny_checkpoints: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """Checkpoints that differ, by pair."""
    others = {
        pair: build_translation(tmp_path_factory.mktemp(pair), seed=seed)
        for pair, seed in {"fr-de": 16, "de-en": 17}.items()
    }
    return {"en-de": tiny_checkpoints["translation"], **others}


@pytest.fixture(scope="module")
def analysis(folders: dict[str, Path]) -> TranslationAnalysis:
    return fresh_analysis(folders)


def fresh_analysis(folders: dict[str, Path]) -> TranslationAnalysis:
    pairs = {f"translation_{pair.replace('-', '_')}": folder for pair, folder in folders.items()}
    return TranslationAnalysis(catalog_of(**pairs), "cpu")


def only(outcome: Conclusion) -> Result:
    assert not isinstance(outcome, Failure | Abstention)
    (result,) = outcome
    return result


def texts_of(outcomes: Sequence[Conclusion]) -> list[str]:
    """What was written, of documents in one piece into German."""
    results = [only(outcome) for outcome in outcomes]
    translations = [result for result in results if isinstance(result, Translation)]
    assert {(one.language, one.windows) for one in translations} == {("de", 1)}
    return [one.translation for one in translations]


def assert_same(one: Result, other: Result) -> None:
    """But for the last digits of how sure the model is, which depend on the batch."""
    assert isinstance(one, Translation) and isinstance(other, Translation)
    assert one.confidence == pytest.approx(other.confidence, rel=1e-4)
    assert replace(one, confidence=None) == replace(other, confidence=None)


@pytest.mark.parametrize("variant", TRANSLATION)
def test_translations_are_the_pipelines(variant: str, tmp_path: Path) -> None:
    recorded = REFERENCE["variants"][variant]
    folder = TRANSLATION[variant](tmp_path)
    assert fingerprint(folder) == recorded["checkpoint"]
    analysis = TranslationAnalysis(catalog_of(translation_en_de=folder), "cpu")
    assert_settings(analysis._generators["en-de"], recorded["settings"])
    documents = documents_of([case["text"] for case in recorded["cases"]])
    outcomes = analyse(analysis, documents)
    assert texts_of(outcomes) == [case["output"] for case in recorded["cases"]]


def test_enough_was_recorded() -> None:
    assert len(REFERENCE["variants"]["plain"]["cases"]) >= 40


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_are_the_pipelines(name: str, folders: dict[str, Path], tmp_path: Path) -> None:
    copy = with_decoding(partial(copytree, folders["en-de"]), tmp_path / "copy", **SETTINGS[name])
    analysis = TranslationAnalysis(catalog_of(translation_en_de=copy), "cpu")
    assert_settings(analysis._generators["en-de"], REFERENCE["settings"][name])


def test_batches_and_their_order_change_nothing(analysis: TranslationAnalysis) -> None:
    cases = REFERENCE["variants"]["plain"]["cases"][::8]
    documents = documents_of([case["text"] for case in cases])
    expected = [case["output"] for case in cases]
    assert texts_of(analyse(analysis, documents, tokens=ROW_BY_ROW)) == expected
    assert texts_of(analyse(analysis, documents[::-1], tokens=250)) == expected[::-1]


def test_each_document_goes_through_the_model_of_its_pair(
    analysis: TranslationAnalysis, folders: dict[str, Path]
) -> None:
    text = "Anna Smith from Acme in Berlin never called me back."
    documents = [Document(1, text, "fr"), Document(2, text), Document(3, text, "en")]
    french, unknown, english = (only(outcome) for outcome in analyse(analysis, documents))
    assert_same(unknown, english)
    assert french != english
    alone = TranslationAnalysis(catalog_of(translation_fr_de=folders["fr-de"]), "cpu")
    assert_same(french, only(analyse(alone, documents[:1])[0]))
    for windows, pair in zip(
        analysis.prepare(documents, RunOptions()), ("fr-de", "en-de", "en-de"), strict=True
    ):
        assert not isinstance(windows, DocumentError)
        assert [window.group for window in windows] == [pair]
        assert analysis.model_of(windows[0]).name == str(folders[pair])


def test_models_into_the_usual_language_are_loaded_first_others_when_needed(
    folders: dict[str, Path],
) -> None:
    analysis = fresh_analysis(folders)

    def names() -> list[str]:
        return [provenance.name for provenance in analysis.provenance()]

    usual = [str(folders["en-de"]), str(folders["fr-de"])]
    assert names() == usual
    english = RunOptions(translate_to="en")
    documents = documents_of(["Das Paket kam viel zu spät."], "de")
    first = analyse(analysis, documents, english)
    assert names() == [*usual, str(folders["de-en"])]
    loaded = analysis._generators["de-en"]
    assert analyse(analysis, documents, english) == first
    assert analysis._generators["de-en"] is loaded
    assert isinstance(only(first[0]), Translation)


def test_a_document_in_the_target_language_is_its_own_translation(folders: dict[str, Path]) -> None:
    analysis = TranslationAnalysis(catalog_of(translation_de_en=folders["de-en"]), "cpu")
    text = "  Das Paket\n\nkam zu spät. "
    documents = documents_of([text], "de")
    assert analysis.prepare(documents, RunOptions()) == [[]]
    assert analyse(analysis, documents) == [[Translation("de", text, windows=0)]]
    assert analysis.provenance() == []
    english = RunOptions(translate_to="en")
    assert analyse(analysis, documents_of(["Late."]), english) == [
        [Translation("en", "Late.", windows=0)]
    ]


def test_a_pair_that_the_catalog_lacks_is_the_documents_error(
    analysis: TranslationAnalysis,
) -> None:
    documents = [Document(1, "Myöhässä.", "fi"), Document(2, "Late.", "en")]
    missing, translated = analyse(analysis, documents)
    assert isinstance(missing, Failure)
    assert "no model for fi-de" in missing.message
    assert "[translation.fi-de]" in missing.message
    assert only(translated)


def test_what_is_no_language_is_the_documents_error_and_not_quoted(
    analysis: TranslationAnalysis,
) -> None:
    (outcome,) = analyse(analysis, [Document(1, "Late.", "../secret")])
    assert isinstance(outcome, Failure)
    assert "secret" not in outcome.message


def test_a_long_text_is_translated_in_pieces_and_keeps_its_paragraphs(
    analysis: TranslationAnalysis,
) -> None:
    first, second = long_texts(90, 2, seed=5)
    text = f"{first}\n\nThank you!\n\n\n{second}"
    (windows,) = analysis.prepare(documents_of([text]), RunOptions())
    assert not isinstance(windows, DocumentError)
    assert all(window.length == len(window.features.ids) <= SEQ2SEQ_WINDOW for window in windows)
    leads = [window.features.lead for window in windows]
    assert leads.count("\n\n") == 2
    assert set(leads[1:]) == {"\n\n", " "}
    result = only(analyse(analysis, documents_of([text]))[0])
    assert isinstance(result, Translation)
    assert result.windows == len(windows) > 4
    apart = [only(outcome) for outcome in analyse(analysis, documents_of([first, "Thank you!"]))]
    paragraphs = result.translation.split("\n\n")
    assert len(paragraphs) == 3
    assert paragraphs[:2] == [
        translation.translation for translation in apart if isinstance(translation, Translation)
    ]


def test_one_sentence_at_a_time_where_the_catalog_says_so(folders: dict[str, Path]) -> None:
    entry = CatalogEntry(model=str(folders["en-de"]), options=EntryOptions(split="sentence"))
    by_sentence = TranslationAnalysis(Catalog("test", {"translation.en-de": entry}), "cpu")
    sentences = ["The parcel was late.", "I want my money back!", "Why?"]
    result = only(analyse(by_sentence, documents_of([" ".join(sentences)]))[0])
    assert isinstance(result, Translation)
    assert result.windows == len(sentences)
    apart = [only(outcome) for outcome in analyse(by_sentence, documents_of(sentences))]
    assert result.translation == " ".join(
        one.translation for one in apart if isinstance(one, Translation) and one.windows == 1
    )
    assert by_sentence.provenance()[0].options["split"] == "sentence"


def test_what_the_model_is_not_sure_of_is_no_translation(folders: dict[str, Path]) -> None:
    texts = ["The parcel was late.", "I want my money back!", "Why?", "It broke. Why? Help me!"]

    def at(threshold: float) -> tuple[TranslationAnalysis, list[Conclusion]]:
        entry = CatalogEntry(
            model=str(folders["en-de"]),
            options=EntryOptions(split="sentence"),
            calibration=CalibrationOptions(threshold=threshold),
        )
        analysis = TranslationAnalysis(Catalog("test", {"translation.en-de": entry}), "cpu")
        return analysis, analyse(analysis, documents_of(texts))

    every, outcomes = at(0.0)
    assert "threshold" not in every.provenance()[0].options
    found = [only(outcome) for outcome in outcomes]
    sure = [one.confidence or 0.0 for one in found if isinstance(one, Translation)]
    assert all(0 < each < 1 for each in sure) and len(set(sure)) > 1
    threshold = (min(sure) + max(sure)) / 2
    some, outcomes = at(threshold)
    for each, confidence, translated in zip(outcomes, sure, found, strict=True):
        if confidence < threshold:
            assert each == UNCERTAIN
        else:
            assert_same(only(each), translated)
    assert some.provenance()[0].options["threshold"] == threshold


@pytest.fixture
def empty_hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A hub on which there is nothing, and an empty cache."""
    with hub_server() as hub:
        monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", hub.endpoint)
        monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
        yield


@pytest.mark.usefixtures("empty_hub")
def test_a_language_that_the_hub_has_no_model_for_is_the_documents_error() -> None:
    catalog = Catalog("hub", {"translation": CatalogEntry(model="nobody/opus-mt-{src}-{tgt}")})
    analysis = TranslationAnalysis(catalog, "cpu")
    (outcome,) = analyse(analysis, documents_of(["Late."], "tlh"))
    assert isinstance(outcome, Failure)
    assert "nobody/opus-mt-tlh-de" in outcome.message


@pytest.mark.usefixtures("empty_hub")
def test_a_named_model_that_the_hub_does_not_have_is_the_catalogs_error() -> None:
    catalog = Catalog("mine", {"translation.fi-en": CatalogEntry(model="nobody/fi-en")})
    analysis = TranslationAnalysis(catalog, "cpu")
    with pytest.raises(ModelError, match="nobody/fi-en"):
        analyse(analysis, documents_of(["Late."], "fi"), RunOptions(translate_to="en"))
