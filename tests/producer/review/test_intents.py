"""Labels of documents that may have several: intents, drawn, filled in, read back and counted."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from schema.corrections.store import Correction, store
from schema.corrections.subject import Subject
from schema.database import reading, writing
from schema.questions import Scope
from schema.questions.labels import read_label_agreement
from schema.reports import ReportOptions, find_report, run_report
from schema.tables import RANDOM, CorrectionRow
from tests.support.console import Triage
from tests.support.feedback import add_document, add_result, add_run, add_to_run

#: What a model said of each document: intents with their scores, and whether it is unsure of them.
SAID = [
    [("complaint", 0.9, False), ("churn_risk", 0.6, False)],
    [("praise", 0.8, False)],
    [("none", 0.55, False)],
    [("request", 0.51, True)],
]


def make_run(engine: Engine, said: list[list[tuple[str, float, bool]]]) -> tuple[int, list[int]]:
    with writing(engine) as connection:
        run = add_run(connection, "run", ("intent",), read=len(said), stored=len(said))
        numbers = range(1, len(said) + 1)
        documents = [add_document(connection, one, f"Text {one}.") for one in numbers]
        add_to_run(connection, run, documents)
        for document, intents in zip(documents, said, strict=True):
            for ordinal, (intent, score, unsure) in enumerate(intents):
                row = {"intent": intent, "score": score, "unsure": unsure, "ordinal": ordinal}
                add_result(connection, "intent", run, document, **row)
    return run, documents


def test_each_document_is_drawn_once_with_all_its_intents(
    engine: Engine, triage: Triage, tmp_path: Path
) -> None:
    _, documents = make_run(engine, SAID)
    path = tmp_path / "review.csv"
    options = ("--sample", "2", "--least-certain", "2", "--output", str(path))
    assert triage("review", "--analysis", "intent", *options).code == 0
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {int(row["document"]): row["model_label"] for row in rows} == {
        documents[0]: "complaint, churn_risk",
        documents[1]: "praise",
        documents[2]: "none",
        documents[3]: "",
    }
    for row, label in zip(rows, ["Request; complaint", "NONE", "churn risk", "rant"], strict=True):
        row["label"] = label
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    ended = triage("correct", str(path), "--by", "ann")
    assert ended.code == 3
    assert ended.err == (
        "row 5, column label: it names no intents; write some of complaint, request, praise, "
        "question, churn_risk with commas between, or none, or leave it empty\n"
    )
    with reading(engine) as connection:
        stored = connection.execute(select(CorrectionRow.label).order_by(CorrectionRow.id))
        assert sorted(stored.scalars()) == ["churn_risk", "complaint, request", "none"]


def test_agreement_is_on_all_intents_of_a_document(engine: Engine) -> None:
    run, documents = make_run(engine, SAID)
    people = ["churn_risk, complaint", "praise, question", "none", "request"]
    with writing(engine) as connection:
        said = [
            Correction(one, label, RANDOM) for one, label in zip(documents, people, strict=True)
        ]
        # As `triage correct` stores them: in the order of the intents.
        said[0] = Correction(documents[0], "complaint, churn_risk", RANDOM)
        store(connection, Subject(run, "intent"), said, "ann")
        (found,) = read_label_agreement(connection, Scope())
    assert (found.analysis, found.disagreeing) == ("intent", (documents[1],))
    assert (found.agree.count, found.agree.total) == (2, 3)
    assert (found.unsure.count, found.unsure.total) == (1, 4)


def test_corrected_share_of_each_intent(engine: Engine) -> None:
    # Of 400 the model calls every second a complaint; people find that half of those are none, and
    # that all ask for something, which it never saw.
    said = [[("complaint" if n % 2 else "none", 0.9, False)] for n in range(400)]
    run, documents = make_run(engine, said)
    with writing(engine) as connection:
        people = [
            Correction(one, "complaint, request" if n % 4 == 1 else "request", RANDOM)
            for n, one in enumerate(documents)
        ]
        store(connection, Subject(run, "intent"), people[:320], "ann")
        found = run_report(connection, find_report("corrected-shares"), ReportOptions(run))
        rows = {row[2]: row[3:] for row in found.rows}
    assert rows["complaint"][:4] == (400, 200, 50.0, 320)
    assert rows["complaint"][4] == pytest.approx(25, abs=1)
    assert rows["none"][:4] == (400, 200, 50.0, 320)
    assert rows["none"][4] == pytest.approx(0, abs=1)
    assert rows["request"][:4] == (400, 0, 0.0, 320)
    assert rows["request"][4] == pytest.approx(100, abs=1)
