"""Translation by models that have to be told their languages: M2M100, NLLB, mBART-50."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

from schema.catalog import Catalog, CatalogEntry, EntryOptions
from schema.document import Document
from schema.options import RunOptions
from schema.results import Failure
from schema.results.translation import Translation
from tests.support.alike import alike
from tests.support.batched import ROW_BY_ROW, analyse, documents_of
from tests.support.checkpoints import SEQ2SEQ_WINDOW, build_translation, fingerprint
from tests.support.feedback_texts import SHORT, long_texts
from tests.support.generated import reference_of
from tests.support.told_checkpoints import NLLB_CODES, TOLD
from workers.analyses.translation import TranslationAnalysis
from workers.decoding import Decoder, TransformersDecoder
from workers.engine.document_state import Conclusion
from workers.errors import DocumentError
from workers.models.loading import ModelError

pytestmark = pytest.mark.long

REFERENCE = reference_of("told")["families"]
TEXTS = SHORT[3:9]
ENGLISH = RunOptions(translate_to="en")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("told")
    return {family: build(root / family) for family, (build, _) in TOLD.items()}


def every(folder: Path, **languages: str) -> Catalog:
    """A catalog in which one model serves every pair."""
    entry = CatalogEntry(model=str(folder), options=EntryOptions(languages=languages))
    return Catalog("test", {"translation": entry})


def told(folder: Path, **languages: str) -> TranslationAnalysis:
    return TranslationAnalysis(every(folder, **languages), "cpu")


@pytest.fixture(scope="module")
def nllb(folders: dict[str, Path]) -> TranslationAnalysis:
    return told(folders["nllb"])


def translation(outcome: Conclusion) -> str:
    assert isinstance(outcome, list), outcome
    (result,) = outcome
    assert isinstance(result, Translation)
    return result.translation


def message(outcome: Conclusion) -> str:
    assert isinstance(outcome, Failure)
    assert outcome.error_class == "DocumentError"
    return outcome.message


@pytest.mark.parametrize("family", TOLD)
def test_translations_are_the_pipelines(family: str, folders: dict[str, Path]) -> None:
    recorded = REFERENCE[family]
    assert fingerprint(folders[family]) == recorded["checkpoint"]
    analysis = told(folders[family])
    for target in ("de", "en"):
        cases = [case for case in recorded["cases"] if case["target"] == target]
        documents = [
            Document(number, case["text"], case["source"]) for number, case in enumerate(cases)
        ]
        outcomes = analyse(analysis, documents, RunOptions(translate_to=target))
        assert [translation(one) for one in outcomes] == [case["output"] for case in cases]
    assert len(recorded["cases"]) > 40


@pytest.mark.parametrize("kind", [Decoder, TransformersDecoder])
@pytest.mark.parametrize("family", TOLD)
def test_tokens_are_those_of_generate(family: str, kind: type[Any], tmp_path: Path) -> None:
    build, codes = TOLD[family]
    # What the loop lacks goes through `generate`, and has to be told its languages all the same.
    lacking = {"encoder_no_repeat_ngram_size": 3} if kind is TransformersDecoder else {}
    folder = build(tmp_path, **lacking)
    analysis = told(folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSeq2SeqLM.from_pretrained(folder).eval()
    for source, target in (("en", "de"), ("fr", "en")):
        prepared = analysis.prepare(documents_of(TEXTS, source), RunOptions(translate_to=target))
        generator = analysis._generators[f"{source}-{target}"]
        with generator.decoder() as decoder:
            assert isinstance(decoder, kind)
        for text, windows in zip(TEXTS, prepared, strict=True):
            assert not isinstance(windows, DocumentError)
            ids = windows[0].features.ids
            inputs = tokenizer._build_translation_inputs(
                text, src_lang=codes[source], tgt_lang=codes[target], return_tensors="pt"
            )
            assert ids == inputs["input_ids"][0].tolist()
            settings = deepcopy(generator._settings)
            settings.forced_bos_token_id = None
            with torch.inference_mode():
                expected = model.generate(**inputs, generation_config=settings)[0, 1:].tolist()
            assert expected[0] == inputs["forced_bos_token_id"]
            assert decoder.decode([ids], lambda: None) == [expected]


def test_documents_of_all_languages_go_together(nllb: TranslationAnalysis) -> None:
    sources = ["en", "fr", "es", None, "ar", "zh"]
    documents = [
        Document(number, text, source)
        for number, (text, source) in enumerate(zip(TEXTS, sources, strict=True))
    ]
    prepared = nllb.prepare(documents, RunOptions())
    groups = [window.group for windows in prepared for window in windows]  # type: ignore[union-attr]
    assert groups == ["*-de"] * len(documents)
    assert len(nllb.provenance()) == 1
    alone = analyse(nllb, documents, tokens=ROW_BY_ROW)
    assert alike(analyse(nllb, documents[::-1], tokens=10_000), alone[::-1])
    assert translation(alone[0]) != translation(analyse(nllb, documents[:1], ENGLISH)[0])


def test_unknown_languages_are_the_documents_errors(nllb: TranslationAnalysis) -> None:
    documents = [
        Document(1, TEXTS[0], "en"),
        Document(2, "secret", "fi"),
        Document(3, "secret", "ks"),
        Document(4, TEXTS[1], "fr"),
    ]
    first, finnish, kashmiri, last = analyse(nllb, documents)
    assert translation(first)
    assert translation(last)
    model = nllb.provenance()[0].name
    for said in (f"model {model!r} does not know", "'fi'", "languages = { fi = … }"):
        assert said in message(finnish)
    for said in (f"model {model!r}", "kas_Arab and as kas_Deva", '{ ks = "kas_Arab" }'):
        assert said in message(kashmiri)
    assert "[translation]" in message(finnish)
    assert "secret" not in message(finnish) + message(kashmiri)


def test_an_unknown_target_is_the_documents_error_too(nllb: TranslationAnalysis) -> None:
    documents = [Document(1, "secret", "en"), Document(2, "Myöhässä.", "fi")]
    unknown, same = analyse(nllb, documents, RunOptions(translate_to="fi"))
    assert "does not know the language 'fi'" in message(unknown)
    assert translation(same) == "Myöhässä."


def test_a_named_pair_that_its_model_does_not_know_spoils_no_other(
    folders: dict[str, Path], caplog: pytest.LogCaptureFixture
) -> None:
    entry = CatalogEntry(model=str(folders["nllb"]))
    catalog = Catalog("test", {"translation.fi-de": entry, "translation.en-de": entry})
    analysis = TranslationAnalysis(catalog, "cpu")
    assert "does not know the language 'fi'" in caplog.text
    finnish, english = analyse(analysis, [Document(1, "x", "fi"), Document(2, "Late.", "en")])
    assert "[translation.fi-de]" in message(finnish)
    assert translation(english)


def test_the_catalog_may_say_what_languages_are_called(
    folders: dict[str, Path], nllb: TranslationAnalysis
) -> None:
    own = told(folders["nllb"], zh="zho_Hant", de="fra_Latn", tlh="eng_Latn")
    documents = [Document(1, TEXTS[0], "zh"), Document(2, TEXTS[0], "tlh")]
    chinese, klingon = own.prepare(documents, RunOptions())
    tokenizer = AutoTokenizer.from_pretrained(folders["nllb"])
    for windows, code in ((chinese, "zho_Hant"), (klingon, "eng_Latn")):
        assert not isinstance(windows, DocumentError)
        assert windows[0].features.ids[0] == tokenizer.convert_tokens_to_ids(code)
    english = documents_of(TEXTS[:1], "en")
    french = RunOptions(translate_to="fr")
    assert [translation(one) for one in analyse(own, english)] == [
        translation(one) for one in analyse(nllb, english, french)
    ]
    (provenance,) = own.provenance()
    assert provenance.options["languages"] == {
        "zh": "zho_Hant",
        "de": "fra_Latn",
        "tlh": "eng_Latn",
    }


@pytest.mark.parametrize("code", ["nor_Latn", "<unk>", "the"])
def test_a_name_that_the_model_does_not_have_is_the_catalogs_error(
    code: str, folders: dict[str, Path]
) -> None:
    with pytest.raises(ModelError) as caught:
        told(folders["nllb"], no=code)
    for said in ("[translation]", "'no'", repr(code), NLLB_CODES[0], "`languages`"):
        assert said in str(caught.value)


def test_names_for_a_model_that_is_not_told_are_the_catalogs_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"leave the option `languages` out of \[translation\]"):
        told(build_translation(tmp_path), no="nob_Latn")


def test_a_model_of_one_pair_that_gets_every_pair_is_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    analysis = told(build_translation(tmp_path))
    assert "[translation] gives it every pair" in caplog.text
    english, french = (analyse(analysis, documents_of(TEXTS, source)) for source in ("en", "fr"))
    assert english == french


@pytest.mark.parametrize("family", TOLD)
def test_every_piece_of_a_long_text_is_told_its_language(
    family: str, folders: dict[str, Path]
) -> None:
    analysis, codes = told(folders[family]), TOLD[family][1]
    first, second = long_texts(90, 2, seed=5)
    documents = documents_of([f"{first}\n\nThank you!\n\n\n{second}"], "fr")
    (windows,) = analysis.prepare(documents, RunOptions())
    assert not isinstance(windows, DocumentError)
    assert len(windows) > 4
    tokenizer = AutoTokenizer.from_pretrained(folders[family], src_lang=codes["fr"])
    language = tokenizer("")["input_ids"][0]
    for window in windows:
        assert window.length <= SEQ2SEQ_WINDOW
        assert window.features.ids[0] == language
        assert window.features.ids.count(language) == 1
    whole = translation(analyse(analysis, documents)[0])
    apart = [translation(one) for one in analyse(analysis, documents_of([first, second], "fr"))]
    paragraphs = whole.split("\n\n")
    assert [paragraphs[0], paragraphs[2]] == apart
