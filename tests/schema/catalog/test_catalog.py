"""Catalogs as TOML: what each pair of languages is given, and what is no catalog."""

from __future__ import annotations

from pathlib import Path

import pytest

from schema.catalog import CalibrationOptions, Catalog, CatalogError, load_catalog


def catalog_of(text: str, folder: Path) -> Catalog:
    path = folder / "mine.toml"
    path.write_text(text, "utf-8")
    return load_catalog(str(path))


def test_one_model_serves_every_pair(tmp_path: Path) -> None:
    catalog = catalog_of('[translation]\nmodel = "some/nllb"\nrevision = "abc"', tmp_path)
    entry = catalog.every_pair()
    assert entry is not None
    assert entry.model == "some/nllb"
    assert catalog.pair("en", "de") == catalog.pair("fi", "sw") == entry
    assert catalog.pair_table("en", "de") == "translation"
    assert catalog.targets() is None
    assert catalog.pairs() == []


@pytest.mark.parametrize("model", ["some/opus-mt-{src}-{tgt}", "some/opus-mt-mul-{tgt}"])
def test_a_model_for_each_pair_is_not_one_for_every_pair(model: str, tmp_path: Path) -> None:
    catalog = catalog_of(f'[translation]\nmodel = "{model}"', tmp_path)
    assert catalog.every_pair() is None
    assert catalog.pair("fi", "en").model.endswith("-en")


def test_a_pair_may_have_a_model_of_its_own(tmp_path: Path) -> None:
    text = '[translation]\nmodel = "some/nllb"\n[translation.en-de]\nmodel = "./marian"'
    catalog = catalog_of(text, tmp_path)
    assert catalog.pair("en", "de").model == str(tmp_path / "marian")
    assert catalog.pair_table("en", "de") == "translation.en-de"
    assert catalog.pair("de", "en").model == "some/nllb"
    assert catalog.pairs() == [("en", "de")]
    assert catalog.targets() is None


def test_names_of_languages(tmp_path: Path) -> None:
    text = '[translation]\nmodel = "x/y"\noptions = { languages = { no = "nno_Latn" } }'
    assert catalog_of(text, tmp_path).pair("en", "no").options.languages == {"no": "nno_Latn"}


def test_polarities_are_words_or_numbers(tmp_path: Path) -> None:
    text = """[sentiment]
model = "x/y"
polarity = { "1 star" = "negative", LABEL_1 = 0.5, LABEL_2 = 1 }
scale = [6, 1]
calibration = { temperature = 1.5 }
"""
    entry = catalog_of(text, tmp_path).entry("sentiment")
    assert entry.polarity == {"1 star": -1, "LABEL_1": 0.5, "LABEL_2": 1}
    assert entry.scale == (6, 1)
    assert entry.calibration == CalibrationOptions(temperature=1.5, threshold=None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[translation]\nmodel = "x/y"\noptions.languages.Norwegian = "nob_Latn"',
            ["[translation] options.languages", "'Norwegian'", 'no = "nob_Latn"'],
        ),
        (
            '[translation.en-no]\nmodel = "x/y"\noptions.languages.no = " "',
            ["[translation.en-no] options.languages", "no is empty", "leave it out"],
        ),
        (
            '[translation]\nmodel = "x/y"\noptions.languages.no = 5',
            ["[translation] options.languages.no", "string"],
        ),
        (
            '[sentiment]\nmodel = "x/y"\noptions.languages.no = "nob_Latn"',
            ["[sentiment] options.languages", "leave it out"],
        ),
        ('[translation.ende]\nmodel = "x/y"', ["[translation.ende]", "[translation.en-de]"]),
        ('[translation]\nmodel = "x/y"\nrevison = "1"', ["[translation] revison"]),
        (
            '[sentiment]\nmodel = "x/y"\npolarity = { LABEL_0 = "?" }',
            ["[sentiment] polarity", "'LABEL_0'", "negative, neutral or positive", "-1 to 1"],
        ),
        ('[sentiment]\nmodel = "x/y"\npolarity.LABEL_0 = 1.5', ["[sentiment] polarity"]),
        ('[sentiment]\nmodel = "x/y"\npolarity.LABEL_0 = true', ["[sentiment] polarity"]),
        ('[sentiment]\nmodel = "x/y"\npolarity = "negative"', ["LABEL_0 = "]),
        ('[sentiment]\nmodel = "x/y"\nscale = [5, 5]', ["[sentiment] scale", "[1, 5]"]),
        ('[sentiment]\nmodel = "x/y"\nscale = [1, inf]', ["[sentiment] scale", "[1, 5]"]),
        ('[entities]\nmodel = "x/y"\npolarity.PER = "neutral"', ["[entities] polarity"]),
        ('[qa]\nmodel = "x/y"\nscale = [1, 5]', ["[qa] scale", "leave it out"]),
        (
            '[sentiment]\nmodel = "x/y"\ncalibration.temperature = 0',
            ["[sentiment] calibration.temperature"],
        ),
        (
            '[sentiment]\nmodel = "x/y"\ncalibration.threshold = 2',
            ["[sentiment] calibration.threshold"],
        ),
        (
            '[summary]\nmodel = "x/y"\ncalibration.threshold = 0.5',
            ["[summary] calibration", "leave it out"],
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_table(text: str, said: list[str], tmp_path: Path) -> None:
    with pytest.raises(CatalogError) as caught:
        catalog_of(text, tmp_path)
    for part in said:
        assert part in str(caught.value)


def test_languages_that_a_model_reads(tmp_path: Path) -> None:
    text = """
    [sentiment]
    model = "some/model"
    languages = ["English", "nb", "deu"]
    [entities]
    model = "some/model"
    languages = ["*"]
    [qa]
    model = "some/model"
    [translation.en-de]
    model = "some/model"
    languages = ["en"]
    """
    catalog = catalog_of(text, tmp_path)
    assert catalog.languages("sentiment") == frozenset({"en", "no", "de"})
    for any_language in ("entities", "qa", "summary", "translation", "language"):
        assert catalog.languages(any_language) is None
    with pytest.raises(CatalogError, match=r"\[qa\] languages: 'germanic' is no language"):
        catalog_of('[qa]\nmodel = "m"\nlanguages = ["germanic"]', tmp_path)


def test_languages_are_found_whatever_the_catalog(tmp_path: Path) -> None:
    catalog = catalog_of('[qa]\nmodel = "some/model"', tmp_path)
    assert catalog.served == ("language", "qa")
    assert catalog.entry("language").model == "py3langid"
    own = catalog_of('[language]\nmodel = "py3langid"\nlanguages = ["en"]', tmp_path)
    assert own.entry("language").languages == ("en",)


@pytest.mark.parametrize("name", ["pocket", "hub"])
def test_the_built_in_models_read_english(name: str) -> None:
    catalog = load_catalog(name)
    read = {one: catalog.languages(one) for one in ("sentiment", "entities", "qa", "summary")}
    assert all(languages and "en" in languages for languages in read.values())
    assert ("de" in (read["sentiment"] or ())) == (name == "pocket")


def test_models_that_write_or_embed_read_a_prefix(tmp_path: Path) -> None:
    text = (
        '[embedding]\nmodel = "a/b"\noptions = { prefix = "query: " }\n'
        '[summary]\nmodel = "a/b"\noptions = { prefix = "summarize: " }\n'
        '[translation.en-de]\nmodel = "a/b"\noptions = { prefix = ">>deu<< " }\n'
    )
    catalog = catalog_of(text, tmp_path)
    assert catalog.entry("summary").options.prefix == "summarize: "
    assert catalog.pair("en", "de").options.prefix == ">>deu<< "
    with pytest.raises(CatalogError, match="only models for embedding, reply, summary"):
        catalog_of('[qa]\nmodel = "a/b"\noptions = { prefix = "x" }', tmp_path)


def test_an_adapter_is_a_folder_beside_the_catalog(tmp_path: Path) -> None:
    catalog = catalog_of('[qa]\nmodel = "a/b"\nadapter = "./lora"', tmp_path)
    assert catalog.entry("qa").adapter == str(tmp_path / "lora")
    with pytest.raises(CatalogError, match=r"\[qa\] adapter: write the folder of the adapter"):
        catalog_of('[qa]\nmodel = "a/b"\nadapter = "owner/lora"', tmp_path)
    with pytest.raises(CatalogError, match="the model of languages takes none"):
        catalog_of('[language]\nmodel = "py3langid"\nadapter = "./lora"', tmp_path)
