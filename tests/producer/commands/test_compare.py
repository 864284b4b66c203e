"""`triage compare`: what flipped between two runs, and which of them is right more often."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import Engine, insert, update

from schema.corrections.store import Correction, store
from schema.corrections.subject import Subject
from schema.database import writing
from schema.tables import EmptyResult, Run
from tests.support.console import Triage
from tests.support.feedback import add_document, add_model, add_result, add_run, add_to_run
from tests.support.two_runs import add_intents, seed

TEXTS = 40


def rows(triage: Triage, *words: str) -> list[dict[str, Any]]:
    ended = triage("compare", *words, "--format", "json")
    assert ended.code == 0, ended.err
    return list(json.loads(ended.out))


def only(found: list[dict[str, Any]], **values: Any) -> list[dict[str, Any]]:
    return [row for row in found if values.items() <= row.items()]


@pytest.fixture
def two(engine: Engine) -> tuple[int, int, list[int]]:
    """Runs `old` and `new`: of 40 texts 10 flip from negative to positive, one becomes unsure."""
    with writing(engine) as connection:
        old = add_run(connection, "old", ["sentiment"])
        new = add_run(connection, "new", ["sentiment"])
        documents = [add_document(connection, n, f"Text {n}, a kettle.") for n in range(TEXTS)]
        for run, name in ((old, "small"), (new, "large")):
            add_to_run(connection, run, documents)
            model = add_model(connection, run, "sentiment", name)
            for place, document in enumerate(documents):
                flips = run == new and place < 10
                said = "positive" if flips else "negative"
                row = {"label": said.upper(), "polarity": said, "model_id": model}
                unsure = run == new and place == TEXTS - 1
                add_result(connection, "sentiment", run, document, unsure=unsure, **row)
        extra = add_document(connection, 999, "Only the new run has it.")
        row = {"label": "POSITIVE", "polarity": "positive"}
        add_result(connection, "sentiment", new, extra, **row)
        # The same text, read in translation: nobody can tell what the model has to do with it.
        other = add_document(connection, 998, "Der Kessel ist kaputt.")
        for run, text_used in ((old, "original"), (new, "translation")):
            add_result(connection, "sentiment", run, other, text_used=text_used, **row)
    return old, new, documents


def test_it_counts_what_flipped_and_says_by_which_models(
    two: tuple[int, int, list[int]], triage: Triage
) -> None:
    found = rows(triage, "old", "new")
    model, changed, flip, unsure = found
    assert (model["run_a"], model["run_b"]) == (
        'small 714eb0f {"dtype": "float32"}',
        'large 714eb0f {"dtype": "float32"}',
    )
    assert (changed["documents"], changed["of"], changed["percent"]) == (11, TEXTS, 27.5)
    assert 0 < changed["percent_low"] < 27.5 < changed["percent_high"]
    # The labels are the polarities in capitals: once is enough.
    assert [flip[name] for name in ("what", "run_a", "run_b", "documents")] == [
        *("polarity", "negative", "positive", 10)
    ]
    assert flip["examples"] == " ".join(map(str, two[2][:5]))
    assert (unsure["run_b"], unsure["documents"]) == ("unsure", 1)
    shown = triage("compare", "old", "new").out
    assert "polarity negative → positive" in shown and "“Text 0, a kettle.”" in shown
    notes = " ".join(shown.split())
    assert "40 documents that both have analysed; 1 more of old, 2 more of new, 1 of them" in notes
    assert "triage review" in shown
    assert triage(*flip["show"].split()[1:-1], "0").code == 0


def test_people_decide_which_is_right_more_often(
    two: tuple[int, int, list[int]], engine: Engine, triage: Triage
) -> None:
    old, new, documents = two
    with writing(engine) as connection:
        said = [
            *(Correction(one, "positive", "random") for one in documents[:9]),
            Correction(documents[9], "negative", "random"),
            *(Correction(one, "negative", "random") for one in documents[10:20]),
            # The old run was unsure of them, which says nothing of the new one.
            *(Correction(one, "positive", "least certain") for one in documents[20:30]),
        ]
        store(connection, Subject(old, "sentiment"), said, "me")
    found = rows(triage, "old", "new", "--analysis", "sentiment")
    (right,) = only(found, what="right")
    assert (right["run_a"], right["run_b"], right["of"]) == ("55.0 %", "95.0 %", 20)
    assert right["difference"] == 40.0 and right["difference_low"] > 0
    assert right["p"] == pytest.approx(2 * 11 / 1024, rel=0.03)
    a, b = only(found, what="only one is right")
    assert (a["documents"], a["examples"]) == (1, str(documents[9]))
    assert (b["documents"], b["examples"].split()[0]) == (9, str(documents[0]))
    notes = " ".join(triage("compare", "old", "new").out.split())
    assert "new is right more often: of 20 documents" in notes
    assert "10 labelled for another reason left out" in notes


def test_entities_answers_intents_and_texts(engine: Engine, triage: Triage) -> None:
    autumn, again = seed(engine)
    with writing(engine) as connection:
        # Of the first two documents; the second names nothing any more.
        for place, text in enumerate(["Nimbus", "Hull"]):
            row = {"ordinal": place, "type": "ORG" if text == "Nimbus" else "LOC", "text": text}
            span = {"start": 4 * place, "end": 1 + 4 * place}
            add_result(connection, "entities", again, 1, **row, **span)
        connection.execute(
            insert(EmptyResult).values(run_id=again, analysis="entities", document_id=2)
        )
    for run, intents in ((autumn, ["complaint", "question"]), (again, ["complaint"])):
        add_intents(engine, run, 1, intents)
    with writing(engine) as connection:
        for run in (autumn, again):
            names = ["sentiment", "entities", "qa", "summary", "translation", "intent"]
            connection.execute(update(Run).where(Run.id == run).values(analyses=names))
    found = rows(triage, "autumn", "again")
    (entities,) = only(found, analysis="entities", what="changed")
    assert (entities["documents"], entities["of"]) == (2, 2)
    (lost,) = only(found, analysis="entities", what="type", run_a="ORG")
    assert (lost["documents"], lost["run_b"], lost["examples"]) == (1, None, "2")
    assert only(found, what="name", run_b="LOC hull")[0]["documents"] == 1
    (intent,) = only(found, analysis="intent", what="intent")
    assert (intent["run_a"], intent["run_b"], intent["documents"]) == ("question", None, 1)
    # “a refund” and “A REFUND” are one answer.
    assert only(found, analysis="qa", what="changed")[0]["documents"] == 0
    (summary,) = only(found, analysis="summary", what="changed")
    assert (summary["documents"], summary["of"]) == (2, 2)
    assert not only(found, analysis="translation")


def test_what_cannot_be_compared_is_said(engine: Engine, triage: Triage) -> None:
    with writing(engine) as connection:
        for name in ("one", "two"):
            add_run(connection, name, ["sentiment"])
    for words, says in (
        (("one", "two"), "no document of which both have results"),
        (("one", "two", "--analysis", "entities"), "have no entities to compare"),
        (("one", "one"), "name two"),
        (("one", "tow"), "did you mean 'two'"),
    ):
        ended = triage("compare", *words)
        assert ended.code == 2 and says in ended.err, (words, ended.err)
