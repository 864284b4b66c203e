"""Models that write: each is loaded once, and what it is told stays apart."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from schema.catalog import Catalog, CatalogEntry, EntryOptions
from schema.document import Document
from schema.options import RunOptions
from tests.support.batched import analyse, catalog_of, documents_of
from tests.support.checkpoints import build_translation
from tests.support.feedback_texts import SHORT
from tests.support.told_checkpoints import build_m2m100, build_nllb
from workers.analyses.translation import TranslationAnalysis
from workers.decoding import Decoder, TransformersDecoder
from workers.errors import ModelError
from workers.generation import weights as module
from workers.generation.generator import Generator
from workers.generation.model import Seq2SeqModel
from workers.models.registry import ModelRegistry

pytestmark = pytest.mark.slow

TEXTS = SHORT[3:9]


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The models that are really loaded, one by one."""
    loaded: list[str] = []
    load: Any = vars(module)["load"]

    def counted(entry: CatalogEntry, *rest: Any, **options: Any) -> Any:
        loaded.append(entry.model)
        return load(entry, *rest, **options)

    monkeypatch.setattr(module, "load", counted)
    return loaded


def decoder_of(generator: Generator) -> Any:
    """What writes; nothing evicts it here."""
    with generator.decoder() as decoder:
        return decoder


def test_one_load_serves_all_pairs(tmp_path: Path, loads: list[str]) -> None:
    model = str(build_nllb(tmp_path))
    named = CatalogEntry(model=model, options=EntryOptions(languages={"de": "nob_Latn"}))
    own_window = CatalogEntry(model=model, options=EntryOptions(max_length=64))
    entries = {"translation": CatalogEntry(model=model), "translation.es-de": named}
    analysis = TranslationAnalysis(Catalog("test", entries), "cpu")
    assert loads == [model]
    documents = [
        Document(number, TEXTS[0], source) for number, source in enumerate(("en", "fr", "no", "es"))
    ]
    english, french, _, into_norwegian = map(str, analyse(analysis, documents))
    assert len({english, french, into_norwegian}) == 3
    analyse(analysis, documents_of(TEXTS, "fr"), RunOptions(translate_to="en"))
    assert loads == [model]
    weights = {id(decoder_of(generator)._model) for generator in analysis._generators.values()}
    assert len(analysis._generators) == 5
    assert len(weights) == 1
    # Both ways to call German are told apart in what the results say of their model.
    options = [provenance.options.get("languages") for provenance in analysis.provenance()]
    assert options == [{"de": "nob_Latn"}, None]
    other = Catalog("test", entries | {"translation.fr-de": own_window})
    TranslationAnalysis(other, "cpu")
    assert loads == [model] * 3


@pytest.mark.parametrize(("lacks", "times"), [(["fr"], 2), (["en", "es"], 1)])
def test_a_model_serves_the_loop_and_what_the_loop_lacks(
    tmp_path: Path, loads: list[str], lacks: list[str], times: int
) -> None:
    """Its weights are the loop's if that comes first: then it is loaded again."""
    config = build_translation(tmp_path) / "config.json"
    own = {"encoder_no_repeat_ngram_size": 2}
    lacking = {f"translation_{language}_to_de": own for language in lacks}
    content = json.loads(config.read_text("utf-8")) | {"task_specific_params": lacking}
    config.write_text(json.dumps(content), "utf-8")
    languages = ("en", "fr", "es")
    pairs = {f"translation_{language}_de": tmp_path for language in languages}
    analysis = TranslationAnalysis(catalog_of(**pairs), "cpu")
    kinds = {pair: type(decoder_of(one)) for pair, one in analysis._generators.items()}
    assert kinds == {
        f"{language}-de": TransformersDecoder if language in lacks else Decoder
        for language in languages
    }
    assert len(loads) == times
    for language in languages:
        documents = documents_of(TEXTS, language)
        alone = catalog_of(**{f"translation_{language}_de": tmp_path})
        assert analyse(analysis, documents) == analyse(TranslationAnalysis(alone, "cpu"), documents)


def test_settings_that_nobody_can_write_by_are_said_in_their_own_words(tmp_path: Path) -> None:
    """Each document said "ValueError" before."""
    entry = CatalogEntry(model=str(build_translation(tmp_path, stop_strings=["the"])))
    with pytest.raises(ModelError, match="stop strings") as error:
        TranslationAnalysis(Catalog("test", {"translation.en-de": entry}), "cpu")
    assert "generation_config.json" in str(error.value) and "TRIAGE_MODELS" in str(error.value)


def test_a_token_beyond_the_vocabulary_is_no_text(tmp_path: Path) -> None:
    """Models have a few rows more than tokens, and M2M100's wrote "<unk>" for them."""
    model = Seq2SeqModel(CatalogEntry(model=str(build_m2m100(tmp_path))), "cpu", ModelRegistry())
    (ids,) = model.tokenise(["late"], "en")
    beyond = len(model.tokenizer) + 3
    assert model.texts([[*ids, beyond]]) == model.texts([ids])


def test_nobody_changes_the_language_while_a_text_is_tokenised(tmp_path: Path) -> None:
    entry = CatalogEntry(model=str(build_m2m100(tmp_path)))
    model = Seq2SeqModel(entry, "cpu", ModelRegistry())
    tokenizer = model.tokenizer
    english, french = (model.tokenise(["late"], source) for source in ("en", "fr"))
    assert english != french
    meanwhile: list[list[list[int]]] = []
    other = threading.Thread(target=lambda: meanwhile.append(model.tokenise(["late"], "fr")))

    class Slow:
        """The tokenizer, which another thread would use when its language is set and its text has
        not been read.
        """

        def __setattr__(self, name: str, value: Any) -> None:
            setattr(tokenizer, name, value)

        def __call__(self, texts: list[str]) -> Any:
            if other.ident is None:
                other.start()
                other.join(0.3)
                assert not meanwhile
            return tokenizer(texts)

    model.tokenizer = Slow()  # type: ignore[assignment]
    assert model.tokenise(["late"], "en") == english
    other.join()
    assert meanwhile == [french]
