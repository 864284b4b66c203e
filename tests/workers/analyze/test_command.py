"""`python -m workers.analyze`: a request a line, an answer a line, the models kept in between."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from schema.analyses import ANALYSES
from schema.catalog import Catalog, CatalogEntry, load_catalog
from schema.document import Document
from schema.options import RunOptions
from schema.results import Abstention, Failure
from schema.settings import settings
from tests.support.checkpoints import build_sentiment
from tests.support.feedback_texts import long_texts
from workers.analyses import load_analysis
from workers.analyze.command import main, serve
from workers.analyze.engines import LoadedEngines
from workers.errors import ModelError

pytestmark = pytest.mark.slow

SENTIMENT = {"label", "score", "polarity", "polarity_score", "unsure", "probabilities"}


def request(*texts: str, analyses: str, language: str | None = None, **options: Any) -> bytes:
    asked = {
        "analyses": analyses.split(","),
        "options": RunOptions(**options).model_dump(mode="json"),
        "documents": [{"text": text, "language": language} for text in texts],
    }
    return json.dumps(asked).encode() + b"\n"


def served(engines: LoadedEngines, *requests: bytes) -> list[dict[str, Any]]:
    answers = io.BytesIO()
    serve(io.BytesIO(b"".join(requests)), answers, engines)
    return [json.loads(line) for line in answers.getvalue().splitlines()]


@pytest.fixture
def engines(tiny_catalog_file: Path) -> LoadedEngines:
    return LoadedEngines(load_catalog(str(tiny_catalog_file)), "cpu", settings())


def test_all_analyses_answer_in_the_documented_form(engines: LoadedEngines) -> None:
    text = "Anna Smith from Acme in Berlin never called me back. I want a refund!"
    # Its catalog names no model for these.
    unserved = ("embedding", "intent", "reply")
    analyses = ",".join(name for name in ANALYSES if name not in unserved)
    asked = request(text, "ok", analyses=analyses, questions=("Who?", "What?"))
    (said,) = served(engines, asked)
    assert "error" not in said, said["error"]
    answer, _ = said["answers"]
    assert list(answer) == analyses.split(",")
    assert set(answer["sentiment"]) == SENTIMENT
    assert set(answer["sentiment"]["probabilities"]) == {"NEGATIVE", "POSITIVE"}
    assert answer["entities"]
    for entity in answer["entities"]:
        assert set(entity) == {"type", "text", "start", "end", "score", "unsure"}
        assert text[entity["start"] : entity["end"]] == entity["text"]
    assert [found["question"] for found in answer["qa"]] == ["Who?", "What?"]
    for found in answer["qa"]:
        assert text[found["start"] : found["end"]] == found["answer"]
    assert list(answer["summary"]) == ["text"]
    assert answer["translation"]["language"] == "de"


def test_a_long_text_says_its_windows(engines: LoadedEngines) -> None:
    asked = request(long_texts(200, 1, seed=1)[0], "short", analyses="sentiment")
    ((long, short),) = (one["answers"] for one in served(engines, asked))
    assert long["sentiment"]["windows"] > 1
    assert set(short["sentiment"]) == SENTIMENT


def test_requests_may_differ_and_models_are_loaded_once(engines: LoadedEngines) -> None:
    first = engines.load(["sentiment"])
    answers = served(
        engines,
        request("ok", analyses="sentiment"),
        request("ok", analyses="qa", questions=("Who?",)),
        request("ok", analyses="sentiment,qa", questions=("Why?", "When?")),
    )
    found = [one["answers"][0] for one in answers]
    assert [list(one) for one in found] == [["sentiment"], ["qa"], ["sentiment", "qa"]]
    assert [len(one["qa"]) for one in found[1:]] == [1, 2]
    assert found[0]["sentiment"]["label"] == found[2]["sentiment"]["label"]
    assert engines.load(["sentiment"])["sentiment"] is first["sentiment"]


def test_what_fails_of_a_document_is_named_and_the_rest_is_there(engines: LoadedEngines) -> None:
    asked = request("geheim", analyses="sentiment,qa", questions=("why " * 600,))
    ((failed,),) = (one["answers"] for one in served(engines, asked))
    assert set(failed) == {"sentiment", "error"}
    assert failed["error"].startswith("qa: DocumentError: ")
    assert "question 1" in failed["error"] and "geheim" not in failed["error"]


def test_a_text_whose_language_a_model_does_not_read_is_left_alone(tmp_path: Path) -> None:
    german = "Das Paket kam nie an, und ich will mein Geld zurück."
    catalog = tmp_path / "pocket.toml"
    catalog.write_text(
        '[language]\nmodel = "py3langid"\n[sentiment]\nmodel = "pocket/sentiment"\n'
        'languages = ["en"]\noptions = { precision = "fp32" }\n',
        "utf-8",
    )
    engines = LoadedEngines(load_catalog(str(catalog)), "cpu", settings())
    left, given, alone = served(
        engines,
        request(german, "It is late.", analyses="language,sentiment"),
        request(german, analyses="sentiment", language="en"),
        # It is found though nobody asked for it, and then not told.
        request(german, analyses="sentiment"),
    )
    assert left["answers"][0]["sentiment"] == {"not_analysed": "language de"}
    assert left["answers"][0]["language"]["language"] == "de"
    assert left["answers"][1]["sentiment"]["polarity"]
    assert given["answers"][0]["sentiment"]["polarity"]
    assert alone["answers"] == [{"sentiment": {"not_analysed": "language de"}}]


def test_no_documents_are_no_answers_but_load_the_models(engines: LoadedEngines) -> None:
    assert served(engines, request(analyses="sentiment")) == [{"answers": []}]


def test_a_missing_model_is_a_sentence_and_others_still_answer(
    tiny_checkpoints: dict[str, Path],
) -> None:
    entries = {
        "sentiment": CatalogEntry(model="/nonesuch"),
        "qa": CatalogEntry(model=str(tiny_checkpoints["qa"])),
    }
    engines = LoadedEngines(Catalog("gone", entries), "cpu", settings())
    failed, answered, unknown = served(
        engines,
        request("ok", analyses="sentiment"),
        request("ok", analyses="qa"),
        request("ok", analyses="entities"),
    )
    assert "/nonesuch" in failed["error"] and "\n" not in failed["error"]
    assert answered["answers"][0]["qa"]
    assert "[entities]" in unknown["error"]


def test_a_catalog_that_is_none_is_one_sentence(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["--models", "nonesuch.toml"]) == 2
    said = capfd.readouterr()
    assert said.out == "" and "nonesuch.toml" in said.err and said.err.count("\n") == 1


def test_nothing_but_answers_is_on_standard_output() -> None:
    """Whatever a library prints."""
    program = (
        "import sys, workers.analyze.run as run; from workers.analyze.command import main;"
        "run.run_analyses = lambda *_: print('noise') or {'sentiment': []};"
        "sys.exit(main(['--device', 'cpu']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=request(analyses="sentiment"),
        capture_output=True,
        check=True,
    )
    assert done.stdout == b'{"answers": []}\n'
    assert b"noise" in done.stderr


def test_labels_that_say_nothing_are_shown_with_how_to_say_it(
    tmp_path: Path,
) -> None:
    """What LABEL_0 means is found out by trying it on texts; a run would refuse the model."""
    folder = build_sentiment(tmp_path / "sentiment")
    config = json.loads((folder / "config.json").read_text("utf-8"))
    config |= {"id2label": {"0": "LABEL_0", "1": "LABEL_1"}, "label2id": {}}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    catalog = Catalog("unclear", {"sentiment": CatalogEntry(model=str(folder))})
    (answered,) = served(
        LoadedEngines(catalog, "cpu", settings()), request("Good.", analyses="sentiment")
    )
    (answer,) = answered["answers"]
    assert answer["sentiment"]["label"] in ("LABEL_0", "LABEL_1")
    assert answer["sentiment"]["polarity"] is None
    (note,) = answered["notes"]
    assert 'polarity = { LABEL_0 = "?", LABEL_1 = "?" }' in note
    with pytest.raises(ModelError, match="does not say which"):
        load_analysis("sentiment", catalog, "cpu")


def test_a_label_that_is_a_number_in_the_checkpoint_is_one_here(tmp_path: Path) -> None:
    """As the pipeline gave it; the result, of which the database has the label, has its text."""
    folder = build_sentiment(tmp_path / "sentiment")
    config = json.loads((folder / "config.json").read_text("utf-8"))
    config |= {"id2label": {"0": -1, "1": 2.5}, "label2id": {}}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    said = CatalogEntry(model=str(folder), polarity={"-1": -1.0, "2.5": 1.0})
    catalog = Catalog("numbers", {"sentiment": said})
    engines = LoadedEngines(catalog, "cpu", settings())
    (answered,) = served(engines, request("Good.", analyses="sentiment"))
    (answer,) = answered["answers"]
    label = answer["sentiment"]["label"]
    assert label in (-1, 2.5) and set(answer["sentiment"]["probabilities"]) == {"-1", "2.5"}
    (results,) = engines.load(["sentiment"])["sentiment"].run([Document(0, "Good.")], RunOptions())
    assert not isinstance(results, Failure | Abstention)
    assert [result.as_json()["label"] for result in results] == [str(label)]
