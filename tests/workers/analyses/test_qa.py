"""Question answering: what the pipeline of Transformers 4.57.6 answered, in any batch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from schema.options import RunOptions
from schema.results import Failure
from schema.results.answer import Answer
from tests.support.batched import ROW_BY_ROW, analyse, catalog_of, documents_of
from tests.support.checkpoints import build_qa, fingerprint
from tests.support.feedback_texts import long_texts
from tests.support.qa_variants import QA
from workers.analyses.qa import QaAnalysis
from workers.errors import DocumentError

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "qa.json").read_text("utf-8"))


@pytest.fixture(scope="module", params=QA)
def variant(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def folder(variant: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return QA[variant](tmp_path_factory.mktemp("qa"))


@pytest.fixture(scope="module")
def analysis(folder: Path) -> QaAnalysis:
    return QaAnalysis(catalog_of(qa=folder), "cpu")


@pytest.fixture(scope="module")
def reference(variant: str) -> dict[str, Any]:
    assert REFERENCE["transformers"] == "4.57.6"
    recorded: dict[str, Any] = REFERENCE["variants"][variant]
    return recorded


def answers_of(outcome: Any) -> list[Answer]:
    assert all(isinstance(answer, Answer) for answer in outcome)
    return list(outcome)


def assert_same(answer: Answer, other: Answer) -> None:
    """Up to what another batch does to the last bits."""
    assert replace(answer, score=0) == replace(other, score=0)
    assert answer.score == pytest.approx(other.score, abs=1e-6)


@pytest.mark.parametrize(("tokens", "every"), [(ROW_BY_ROW, 5), (2000, 1)])
def test_answers_are_the_pipelines(
    analysis: QaAnalysis, folder: Path, reference: dict[str, Any], tokens: int, every: int
) -> None:
    assert fingerprint(folder) == reference["checkpoint"]
    options = RunOptions(questions=tuple(reference["questions"]))
    cases = reference["cases"][::every]
    documents = documents_of([case["text"] for case in cases])
    outcomes = analyse(analysis, documents, options, tokens=tokens)
    for case, outcome in zip(cases, outcomes, strict=True):
        answers = answers_of(outcome)
        assert [answer.question for answer in answers] == reference["questions"]
        for answer, expected in zip(answers, case["answers"], strict=True):
            assert (answer.answer, answer.start, answer.end) == (
                expected["answer"],
                expected["start"],
                expected["end"],
            )
            assert answer.score == pytest.approx(expected["score"], abs=1e-4)
            assert case["text"][answer.start : answer.end] == answer.answer


def test_enough_was_recorded(reference: dict[str, Any]) -> None:
    assert len(reference["cases"]) >= 40


def test_windows_cover_a_long_text_and_are_counted(analysis: QaAnalysis) -> None:
    (document,) = documents_of(long_texts(200, 1, seed=1))
    (windows,) = analysis.prepare([document], RunOptions())
    assert not isinstance(windows, DocumentError)
    covered: set[int] = set()
    for window in windows:
        encoding = window.features.encoding
        assert window.length == len(encoding.ids)
        for owner, (start, end) in zip(encoding.sequence_ids, encoding.offsets, strict=True):
            if owner == 1:
                covered.update(range(start, end))
    written = {place for place, char in enumerate(document.text) if not char.isspace()}
    assert written - covered == set()
    (answer,) = answers_of(analyse(analysis, [document])[0])
    assert answer.windows == len(windows) > 3


def test_questions_are_answered_in_their_order_whatever_it_is(analysis: QaAnalysis) -> None:
    documents = documents_of(long_texts(70, 3, seed=2))
    questions = ("Who?", "What is broken?", "Who?")
    there = analyse(analysis, documents, RunOptions(questions=questions))
    for outcome in there:
        answers = answers_of(outcome)
        assert [answer.question for answer in answers] == list(questions)
        assert_same(answers[0], answers[2])
    back = analyse(analysis, documents, RunOptions(questions=questions[1::-1]))
    for one, other in zip(there, back, strict=True):
        for answer, same in zip(answers_of(one)[1::-1], answers_of(other), strict=True):
            assert_same(answer, same)


def test_a_text_without_a_word_gets_an_empty_answer(analysis: QaAnalysis) -> None:
    (outcome,) = analyse(analysis, documents_of([" \t "]))
    assert outcome == [Answer(RunOptions().questions[0], "", 0, 0, 0.0)]


def test_a_question_that_fills_the_window_is_the_documents_error(
    analysis: QaAnalysis,
) -> None:
    endless = "why was it so very late? " * 40
    documents = documents_of(["It broke.", "Late."])
    outcomes = analyse(analysis, documents, RunOptions(questions=("Who?", endless)))
    for outcome in outcomes:
        assert isinstance(outcome, Failure)
        assert "question 2 of the run" in outcome.message
        assert "why was it" not in outcome.message


def test_a_long_question_gets_less_overlap_but_an_answer(analysis: QaAnalysis) -> None:
    """Here the pipeline ended in a panic of the tokenizer: no room for the overlap."""
    tokenizer = analysis._loaded.tokenizer
    question = "late"
    while len(tokenizer(f"{question} late")["input_ids"]) + 22 < analysis._max_window:
        question += " late"
    documents = documents_of(["It broke.", *long_texts(60, 1, seed=3)])
    short, long = (
        answers_of(outcome)[0]
        for outcome in analyse(analysis, documents, RunOptions(questions=(question,)))
    )
    assert short.windows == 1
    assert long.windows > 3
    assert long.answer


def test_the_models_revision_is_told(analysis: QaAnalysis, folder: Path) -> None:
    (provenance,) = analysis.provenance()
    assert provenance.name == str(folder)
    assert provenance.revision.startswith("sha256:")
    assert provenance.options["precision"] == "fp32"
    assert analysis.batch_tokens > 0


def test_where_a_tokenizer_pads_on_the_left_the_document_comes_first(tmp_path: Path) -> None:
    """XLNet's order, and that of any checkpoint with `padding_side` left, as in the pipeline."""
    folder = build_qa(tmp_path / "qa")
    config = json.loads((folder / "tokenizer_config.json").read_text("utf-8"))
    (folder / "tokenizer_config.json").write_text(json.dumps(config | {"padding_side": "left"}))
    analysis = QaAnalysis(catalog_of(qa=folder), "cpu")
    options = RunOptions(questions=("Who called?",))
    (windows,) = analysis.prepare(documents_of(["Anna Smith called."]), options)
    assert isinstance(windows, list)
    tokens = windows[0].features.encoding.tokens
    assert tokens.index("Anna") < tokens.index("[SEP]") < tokens.index("?")
    (found,) = analyse(analysis, documents_of(["Anna Smith called."]), options)
    assert isinstance(found, Sequence)
    (answer,) = found
    assert isinstance(answer, Answer)
    assert answer.answer == "Anna Smith called."[answer.start : answer.end]
