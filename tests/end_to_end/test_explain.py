"""`triage explain`: the results of a document, shown in its text, with the weight of sentences."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from schema.database import writing
from tests.support.checkpoints import build_sentiment
from tests.support.console import Triage
from tests.support.feedback import add_document, add_result, add_run, add_to_run

TEXT = "The \x1b[31mzip broke. I bought it in Vienna. Send me a new one, please!"
PLACE = (TEXT.index("Vienna"), TEXT.index("Vienna") + 6)


@pytest.fixture
def triage(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Triage:
    return Triage(monkeypatch, capsys)


@pytest.fixture
def catalog(tmp_path: Path) -> str:
    """A catalog with a tiny model of sentiment, whose labels are NEGATIVE and POSITIVE."""
    folder = build_sentiment(tmp_path / "sentiment")
    path = tmp_path / "tiny.toml"
    path.write_text(f'[sentiment]\nmodel = "{folder}"\n', "utf-8")
    return str(path)


@pytest.fixture
def stored(engine: Engine) -> Engine:
    with writing(engine) as connection:
        first, second = (add_run(connection, name) for name in ("first", "second"))
        document = add_document(connection, 7, TEXT, language="en", product="Coat")
        other = add_document(connection, 8, "One sentence.")
        add_to_run(connection, first, [document, other])
        add_to_run(connection, second, [document])
        sure = {"label": "POSITIVE", "score": 0.75, "polarity": "positive"}
        sure["probabilities"] = {"NEGATIVE": 0.25, "POSITIVE": 0.75}
        add_result(connection, "sentiment", first, document, **sure | {"unsure": True})
        add_result(connection, "sentiment", first, other, **sure)
        sure |= {"label": "NEGATIVE", "polarity": "negative"}
        add_result(connection, "sentiment", second, document, **sure)
        place = {"start": PLACE[0], "end": PLACE[1], "score": 0.5}
        add_result(
            connection, "entities", first, document, ordinal=0, type="LOC", text="Vienna", **place
        )
        none = {"question": "Who is it?", "answer": "", "start": 0, "end": 0}
        add_result(connection, "qa", first, document, ordinal=0, **none)
        add_result(connection, "summary", first, document, summary="x", sentences=[[35, len(TEXT)]])
    return engine


def test_results_are_shown_in_the_text(stored: Engine, triage: Triage, catalog: str) -> None:
    shown = triage("explain", "7", "--models", catalog)
    assert (shown.code, shown.err) == (0, "")
    assert "\x1b" not in shown.out
    lines = shown.out.splitlines()
    assert "Coat" in lines[0] and "en" in lines[0]
    assert "  negative, label NEGATIVE, 0.75" in lines
    assert any("run second" in line for line in lines)
    assert any(line.startswith("  LOC      0.50  ") and "Vienna" in line for line in lines)
    assert lines[lines.index("  Who is it?") + 1] == "  (none)"
    weights = [line for line in lines if line[:3] in ("  +", "  -")]
    assert weights or "  no single sentence changes the label" in lines


def test_the_same_for_programs(stored: Engine, triage: Triage, catalog: str) -> None:
    asked = ("explain", "7", "--run", "first", "--json", "--models", catalog)
    shown = json.loads(triage(*asked).out)
    assert shown["text"] == TEXT
    sentiment = shown["analyses"]["sentiment"]
    assert sentiment["results"]["unsure"] is True
    assert sentiment["run"] == "first"
    assert [TEXT[part["start"] : part["end"]] for part in sentiment["passages"]] == [
        "The \x1b[31mzip broke.",
        "I bought it in Vienna.",
        "Send me a new one, please!",
    ]
    assert shown["analyses"]["entities"]["results"][0]["text"] == "Vienna"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_whatever_cannot_be_explained_is_one_sentence(
    stored: Engine, triage: Triage, tmp_path: Path
) -> None:
    unknown = triage("explain", "99")
    assert unknown.code == 2
    assert "no document has the id '99'" in unknown.err
    nothing = triage("explain", "8", "--run", "second")
    assert nothing.code == 2
    assert "has no results in run 'second' yet" in nothing.err
    no_model = triage("explain", "7", "--models", str(tmp_path / "none.toml"))
    assert no_model.code == 2
    assert no_model.err.count("\n") == 1
    assert "zip" not in no_model.err


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_two_sources_with_the_same_id_are_told_apart(engine: Engine, triage: Triage) -> None:
    with writing(engine) as connection:
        for number, source in enumerate(("shop", "app")):
            add_document(connection, number, "x", source=source, external_id="5")
    shown = triage("explain", "5")
    assert shown.code == 2
    assert "2 sources have a document '5'; say which with --source, one of 'app', 'shop'" in (
        shown.err
    )
