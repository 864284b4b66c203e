"""`python -m workers.analyze`: JSON Lines in, JSON Lines out, in order, whatever the lines hold."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from schema.analyses import ANALYSES
from schema.catalog import load_catalog
from tests.support.checkpoints import build_sentiment
from tests.support.feedback_texts import SHORT, long_texts
from workers.analyses import load_analysis
from workers.analyze import command as analyze
from workers.errors import ModelError

pytestmark = pytest.mark.slow

Answers = list[dict[str, Any]]

SENTIMENT = {"label", "score", "polarity", "polarity_score", "unsure", "probabilities"}


class Console:
    """Runs the command in this process."""

    def __init__(self, catalog: Path, capture: pytest.CaptureFixture[bytes]) -> None:
        self.catalog = catalog
        self._capture = capture

    def __call__(self, *arguments: object, models: object = None) -> tuple[int, Answers, str]:
        """Exit code, answers, standard error."""
        models = models or self.catalog
        code = analyze.main(["--models", str(models), "--device", "cpu", *map(str, arguments)])
        output = self._capture.readouterr()
        answers = [json.loads(line) for line in output.out.decode("utf-8").splitlines()]
        return code, answers, output.err.decode("utf-8")


@pytest.fixture
def console(tiny_catalog_file: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Console:
    return Console(tiny_catalog_file, capfdbinary)


@pytest.fixture
def feedback(tmp_path: Path) -> Path:
    return tmp_path / "feedback.jsonl"


def write(path: Path, *rows: object) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def test_all_analyses_answer_in_the_documented_form(console: Console, feedback: Path) -> None:
    text = "Anna Smith from Acme in Berlin never called me back. I want a refund!"
    write(feedback, {"id": "x", "text": text, "stars": 1}, {"text": "ok"})
    asked = ("--question", "Who?", "--question", "What?", "--translate-to", "de")
    code, (answer, second), error = console(feedback, *asked)
    assert (code, error) == (0, "")
    # Vectors are for programs: they come where they are asked for.
    # Its catalog names no model for intent.
    left_out = ("embedding", "intent")
    assert list(answer) == ["id", *(name for name in ANALYSES if name not in left_out)]
    assert answer["id"] == "x" and second["id"] == 2
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


def test_a_long_text_says_its_windows(console: Console, feedback: Path) -> None:
    write(feedback, {"id": 1, "text": long_texts(200, 1, seed=1)[0]}, {"id": 2, "text": "short"})
    _, (long, short), _ = console(feedback, "--analyses", "sentiment")
    assert long["sentiment"]["windows"] > 1
    assert set(short["sentiment"]) == SENTIMENT


def test_answers_are_in_input_order_over_blocks(
    console: Console, feedback: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(feedback, *({"id": number, "text": text} for number, text in enumerate(SHORT)))
    _, together, _ = console(feedback, "--analyses", "entities,sentiment")
    monkeypatch.setattr(analyze, "BLOCK", 5)
    code, apart, _ = console(feedback, "--analyses", "entities,sentiment")
    assert code == 0
    assert [answer["id"] for answer in apart] == list(range(len(SHORT)))
    for one, other in zip(together, apart, strict=True):
        assert list(one) == ["id", "sentiment", "entities"]
        assert one["sentiment"]["label"] == other["sentiment"]["label"]
        assert [entity["text"] for entity in one["entities"]] == [
            entity["text"] for entity in other["entities"]
        ]


def test_bad_lines_are_answered_with_why_and_the_rest_goes_through(
    console: Console, feedback: Path
) -> None:
    good = '{"id": "good", "text": "fine"}\n'
    feedback.write_bytes(f'{good}oops\n{{"id": 3}}\n'.encode() + b'{"text": "\xff"}\n')
    code, answers, error = console(feedback, "--analyses", "sentiment")
    assert (code, error) == (1, "")
    assert answers[0]["sentiment"]
    assert [(answer["id"], answer["error"][:8]) for answer in answers[1:]] == [
        (2, "line 2: "),
        (3, "line 3: "),
        (4, "line 4: "),
    ]


def test_a_failed_document_names_analysis_class_and_reason(
    console: Console, feedback: Path
) -> None:
    write(feedback, {"id": 1, "text": "geheim"})
    code, (failed,), _ = console(
        *(feedback, "--analyses", "sentiment,qa", "--question", "why " * 600)
    )
    assert code == 1
    assert set(failed) == {"id", "error"}
    assert failed["error"].startswith("qa: DocumentError: ")
    assert "question 1" in failed["error"] and "geheim" not in failed["error"]


def test_a_text_whose_language_a_model_does_not_read_is_left_alone(
    console: Console, feedback: Path
) -> None:
    german = "Das Paket kam nie an, und ich will mein Geld zurück."
    write(feedback, {"text": german}, {"text": german, "language": "en"}, {"text": "It is late."})
    catalog = feedback.parent / "pocket.toml"
    catalog.write_text(
        '[language]\nmodel = "py3langid"\n[sentiment]\nmodel = "pocket/sentiment"\n'
        'languages = ["en"]\noptions = { precision = "fp32" }\n',
        "utf-8",
    )
    code, (left, given, english), _ = console(
        *(feedback, "--analyses", "sentiment,language"), models=catalog
    )
    assert code == 0
    assert left["sentiment"] == {"not_analysed": "language de"}
    assert left["language"]["language"] == "de"
    assert given["sentiment"]["polarity"] and english["sentiment"]["polarity"]
    # It is found though nobody asked for it, and then not printed.
    _, (left, _, _), _ = console(feedback, "--analyses", "sentiment", models=catalog)
    assert left == {"id": 1, "sentiment": {"not_analysed": "language de"}}


def test_ids_that_utf8_cannot_say_are_escaped(console: Console, feedback: Path) -> None:
    feedback.write_text('{"id": "\\ud800 ü", "text": "ok"}\n', "utf-8")
    _, (answer,), _ = console(feedback, "--analyses", "sentiment")
    assert answer["id"] == "\ud800 ü"


def test_an_empty_input_gives_nothing(console: Console, feedback: Path) -> None:
    feedback.write_text("\n\n", "utf-8")
    assert console(feedback, "--analyses", "sentiment") == (0, [], "")


def test_standard_input_is_read(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"text": "ok"}\n')))
    code, answers, _ = console("--analyses", "sentiment", "--", "-")
    assert code == 0 and answers[0]["id"] == 1


def test_standard_input_may_be_closed(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    code, answers, error = console("--analyses", "sentiment", "--", "-")
    assert (code, answers) == (2, [])
    assert "standard input is closed" in error and error.count("\n") == 1


def test_only_what_the_catalog_serves_is_asked_by_default(
    console: Console, feedback: Path, tiny_checkpoints: dict[str, Path], tmp_path: Path
) -> None:
    catalog = tmp_path / "one.toml"
    catalog.write_text(f'[sentiment]\nmodel = "{tiny_checkpoints["sentiment"]}"\n', "utf-8")
    write(feedback, {"text": "ok"})
    code, (answer,), _ = console(feedback, models=catalog)
    assert code == 0 and set(answer) == {"id", "language", "sentiment"}
    code, _, error = console(feedback, "--analyses", "qa", models=catalog)
    assert code == 2 and "[qa]" in error


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["nonesuch.jsonl"], "cannot read nonesuch.jsonl: No such file"),
        (["."], "cannot read .: Is a directory"),
        (["-", "--analyses", "smell"], "'smell'"),
        (["-", "--models", "nonesuch.toml"], "nonesuch.toml"),
        (["-", "--translate-to", "gibberish"], "--translate-to"),
    ],
)
def test_what_cannot_begin_is_one_sentence(
    console: Console, arguments: list[str], reason: str
) -> None:
    code, answers, error = console(*arguments)
    assert (code, answers) == (2, [])
    assert reason in error and error.count("\n") == 1 and "Traceback" not in error


def test_a_missing_model_is_one_sentence(console: Console, feedback: Path, tmp_path: Path) -> None:
    catalog = tmp_path / "gone.toml"
    catalog.write_text('[sentiment]\nmodel = "/nonesuch"\n', "utf-8")
    write(feedback, {"text": "ok"})
    code, answers, error = console(feedback, models=catalog)
    assert (code, answers) == (2, [])
    assert "/nonesuch" in error and error.count("\n") == 1


def test_answers_stream_and_a_reader_that_leaves_ends_it_quietly(
    tiny_catalog_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-m", "workers.analyze", "-", "--device", "cpu"]
    command += ["--models", str(tiny_catalog_file), "--analyses", "sentiment"]
    monkeypatch.setenv("TRIAGE_THREADS", "1")
    block = b'{"text": "ok"}\n' * analyze.BLOCK
    with (tmp_path / "errors").open("wb+") as errors:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
        )
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(block)
        process.stdin.flush()
        # The input is still open: these are answers to what has come so far.
        answers = [json.loads(process.stdout.readline()) for _ in range(analyze.BLOCK)]
        assert [answer["id"] for answer in answers] == list(range(1, analyze.BLOCK + 1))
        process.stdout.close()
        process.stdin.write(block)
        process.stdin.close()
        assert process.wait() == 128 + 13
        errors.seek(0)
        assert errors.read() == b""


def test_labels_that_say_nothing_are_shown_with_how_to_say_it(
    console: Console, feedback: Path, tmp_path: Path
) -> None:
    """What LABEL_0 means is found out by trying it on texts; a run would refuse the model."""
    folder = build_sentiment(tmp_path / "sentiment")
    config = json.loads((folder / "config.json").read_text("utf-8"))
    config |= {"id2label": {"0": "LABEL_0", "1": "LABEL_1"}, "label2id": {}}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    catalog = tmp_path / "catalog.toml"
    catalog.write_text(f'[sentiment]\nmodel = "{folder}"\n', "utf-8")
    write(feedback, {"id": 1, "text": "Good."})
    code, (answer,), error = console(feedback, models=catalog)
    assert code == 0
    assert answer["sentiment"]["label"] in ("LABEL_0", "LABEL_1")
    assert answer["sentiment"]["polarity"] is None
    assert error.count("\n") == 1 and 'polarity = { LABEL_0 = "?", LABEL_1 = "?" }' in error
    with pytest.raises(ModelError, match="does not say which"):
        load_analysis("sentiment", load_catalog(str(catalog)), "cpu")
