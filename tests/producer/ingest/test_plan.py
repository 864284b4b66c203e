from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from producer.ingest import ColumnChoice, IngestError, make_plan
from producer.ingest.readers.options import ReadingOptions
from schema.catalog import load_catalog
from schema.options import DEFAULT_QUESTION
from schema.settings import Settings, read_settings

#: Those that the built-in models serve.
ANALYSES = load_catalog("pocket").served


@pytest.fixture
def config() -> Settings:
    return read_settings()


@pytest.fixture
def path(tmp_path: Path) -> str:
    path = tmp_path / "feed back.2026.csv.gz"
    path.write_bytes(b"x")
    return str(path)


def test_defaults(config: Settings, path: str) -> None:
    plan = make_plan(config, [path])
    assert re.fullmatch(r"feed-back-2026-[0-9a-f]{6}", plan.run)
    assert plan.analyses == ANALYSES
    assert plan.options.questions == (DEFAULT_QUESTION,)
    assert plan.inputs[0].stem == "feed back.2026"


def test_the_same_command_has_the_same_run(
    config: Settings, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_plan(config, [path]).run
    assert make_plan(config, [path], analyses=",".join(reversed(ANALYSES))).run == run
    monkeypatch.chdir(Path(path).parent)
    assert make_plan(config, ["./" + Path(path).name]).run == run
    others: list[dict[str, Any]] = [
        {"source": "x"},
        {"columns": ColumnChoice(text="x")},
        {"columns": ColumnChoice(id="")},
        {"analyses": "qa"},
        {"questions": ["Why?"]},
        {"reading": ReadingOptions(encoding="cp1252")},
        {"reading": ReadingOptions(delimiter=";")},
        {"reading": ReadingOptions(path="data")},
        {"limit": 5},
        {"fresh": True},
    ]
    runs = {make_plan(config, [path], **other).run for other in others}
    runs.add(make_plan(config, [path, "-"]).run)
    assert len(runs | {run}) == len(others) + 2
    assert make_plan(config, [path], run="mine").run == "mine"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"run": "../x"}, "--run '../x'"),
        ({"run": ""}, "--run ''"),
        ({"source": " "}, "--source is empty"),
        ({"limit": 0}, "--limit must be 1 or more"),
        ({"analyses": "qa,poetry"}, "'poetry'; choose from language, sentiment"),
        ({"analyses": ""}, "--analyses names nothing"),
        ({"questions": ["Why?", " "]}, "--question is empty"),
        ({"translate_to": "germanic"}, "'germanic' is no language code"),
        ({"translate_to": "fr"}, "cannot translate into 'fr', only into de"),
    ],
)
def test_what_cannot_be_done_is_said(
    config: Settings, path: str, asked: dict[str, Any], said: str
) -> None:
    with pytest.raises(IngestError, match=re.escape(said)):
        make_plan(config, [path], **asked)


def test_languages_matter_to_translation_only(config: Settings, path: str) -> None:
    plan = make_plan(config, [path], analyses="qa", translate_to=" FR ")
    assert plan.options.translate_to == "fr"
    hub = config.model_copy(update={"models": "hub"})
    assert make_plan(hub, [path], translate_to="fr").options.translate_to == "fr"


def test_the_catalog_must_serve_every_analysis(config: Settings, path: str, tmp_path: Path) -> None:
    catalog = tmp_path / "catalog.toml"
    catalog.write_text('[qa]\nmodel = "x/y"\n')
    own = config.model_copy(update={"models": str(catalog)})
    with pytest.raises(IngestError, match="has no model for 'sentiment'"):
        make_plan(own, [path], analyses="qa,sentiment")
    assert make_plan(own, [path], analyses="qa").analyses == ("qa",)
    # A model that reads any language needs to know none.
    assert make_plan(own, [path]).analyses == ("qa",)
    catalog.write_text("")
    with pytest.raises(IngestError, match="has no model for any analysis"):
        make_plan(own, [path])
    catalog.write_text('[qa]\nmodel = "x/y"\n')
    with pytest.raises(IngestError, match="cannot read this catalog"):
        make_plan(config.model_copy(update={"models": "nowhere.toml"}), [path])


def test_a_file_is_read_once(config: Settings, path: str) -> None:
    with pytest.raises(IngestError, match="is given twice"):
        make_plan(config, [path, str(Path(path).parent / "." / Path(path).name)])


@pytest.mark.parametrize(
    ("asked", "analyses", "needs"),
    [
        ({}, ANALYSES, dict.fromkeys(ANALYSES[1:], ["language"])),
        ({"no_language": True}, ANALYSES[1:], None),
        ({"analyses": "qa,translation"}, ("qa", "translation"), None),
        ({"analyses": "qa,language"}, ("language", "qa"), {"qa": ["language"]}),
        ({"analyses": "qa,language", "no_language": True}, ("qa",), None),
    ],
)
def test_language_comes_first_unless_it_is_left_out(
    config: Settings,
    path: str,
    asked: dict[str, Any],
    analyses: tuple[str, ...],
    needs: dict[str, list[str]] | None,
) -> None:
    assert ANALYSES[0] == "language"
    plan = make_plan(config, [path], **asked)
    assert (plan.analyses, plan.needs) == (analyses, needs)


def test_what_reads_the_target_language_waits_for_the_translation(
    config: Settings, path: str, tmp_path: Path
) -> None:
    catalog = tmp_path / "catalog.toml"
    catalog.write_text(
        '[sentiment]\nmodel = "m"\nlanguages = ["en", "fr"]\n[entities]\nmodel = "m"\n'
        '[qa]\nmodel = "m"\nlanguages = ["es"]\n[translation.de-en]\nmodel = "m"\n',
        "utf-8",
    )
    own = config.model_copy(update={"models": str(catalog)})
    waiting = {
        "sentiment": ["language", "translation"],
        "qa": ["language"],
        "translation": ["language"],
    }
    assert make_plan(own, [path], translate_to="en").needs == waiting
    # It reads all that could be translated itself.
    text = catalog.read_text("utf-8").replace('["en", "fr"]', '["en", "fr", "de"]')
    catalog.write_text(text, "utf-8")
    waiting["sentiment"] = ["language"]
    assert make_plan(own, [path], translate_to="en").needs == waiting
