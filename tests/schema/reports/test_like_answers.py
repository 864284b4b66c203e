"""The report `like-answers`: what stands together, with its share of all that were asked."""

from __future__ import annotations

from sqlalchemy import Engine

from schema.database import reading, writing
from schema.reports import Condition, ReportOptions, find_report, run_report
from tests.support.feedback import add_document, add_result, add_run, add_to_run

QUESTION = "What should be better?"
ANSWERS = ["more colors", "More colors!", "another color", "the zip", None, None, None, None]


def test_answers_stand_together_with_their_share(engine: Engine) -> None:
    with writing(engine) as connection:
        run = add_run(connection, "autumn")
        documents = [
            add_document(connection, number, f"Text {number}.", product="hat" if number else "coat")
            for number in range(len(ANSWERS))
        ]
        add_to_run(connection, run, documents)
        for document, answer in zip(documents, ANSWERS, strict=True):
            add_result(connection, "qa", run, document, question=QUESTION, answer=answer or "")
    report = find_report("like-answers")
    with reading(engine) as connection:
        found = run_report(connection, report, ReportOptions(run_id=run))
        assert found.columns[:4] == ("question", "about", "documents", "percent")
        rows = [tuple(row) for row in found.rows]
        hats = Condition("d.product = :it", {"it": "hat"})
        of_hats = [
            row[1:3] for row in run_report(connection, report, ReportOptions(where=(hats,))).rows
        ]
    assert rows == [
        (QUESTION, "(none)", 4, 50.0, 21.5, 78.5, None, None),
        (QUESTION, "colors", 3, 37.5, 13.7, 69.4, 2, "more colors · another color"),
        (QUESTION, "zip", 1, 12.5, 2.2, 47.1, 1, None),
    ]
    assert of_hats == [("(none)", 4), ("color", 2), ("zip", 1)]
