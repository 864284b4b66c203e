"""One document: all that is known of it, and its labels corrected."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, insert, select, update

from schema.database import reading, writing
from schema.results.answer import AnswerRow
from schema.results.entity import EntityRow
from schema.tables import AuditEntry, CorrectionRow, DeadLetter, DocumentRow
from tests.support.served import Served
from tests.support.shop import NOW

pytestmark = pytest.mark.slow


def corrections(served: Served) -> list[tuple[object, ...]]:
    with reading(served.engine) as connection:
        rows = connection.execute(select(CorrectionRow.__table__).order_by(CorrectionRow.id))
        return [
            (row.document_id, row.label, row.said_by, row.drawn, row.superseded_at is None)
            for row in rows
        ]


def add_results(served: Served) -> None:
    """A name that is surely one, an answer, and something that failed."""
    row = {"run_id": 1, "document_id": 1, "ordinal": 0, "score": 0.9, "text_used": "original"}
    name = row | {"type": "PROD", "text": "coat", "start": 14, "end": 18, "unsure": False}
    answer = row | {"question": "What broke?", "answer": "zip of my coat", "start": 4, "end": 18}
    failed = {"run_id": 1, "document_id": 1, "analysis": "summary", "error_class": "DocumentError"}
    with writing(served.engine) as connection:
        connection.execute(insert(EntityRow).values(name))
        connection.execute(insert(AnswerRow).values(answer | {"windows": 1, "unsure": False}))
        connection.execute(
            insert(DeadLetter).values(failed | {"message": "x", "attempts": 1, "failed_at": NOW})
        )


def test_a_document_has_all_its_results_with_spans_marked(changed: Served) -> None:
    add_results(changed)
    answer = changed.person("vic").get("/documents/1")
    marks = [(one.text, one.attributes["title"]) for one in answer.document.all("mark")]
    assert marks == [("zip of my ", "What broke?"), ("coat", "PROD; What broke?")]
    said = answer.said
    assert "The zip of my coat broke after 1 days." in said
    for word in ("sentiment", "0.90", "stars-2", "coat PROD", "plan", "country GB", "broken zip"):
        assert word in said, word
    assert "summary, run shop: failed for good, DocumentError" in said


@pytest.mark.parametrize("number", ["999", "0", "99999999999999999999999"])
def test_a_document_that_there_is_not_is_said_so(shown: Served, number: str) -> None:
    answer = shown.person("vic").get(f"/documents/{number}")
    assert answer.status == 404 and "no such document" in answer.said


def test_a_version_that_was_replaced_leads_to_the_one_that_is_current(changed: Served) -> None:
    with writing(changed.engine) as connection:
        one = {"replaced_at": NOW, "identity": "1~1"}
        connection.execute(update(DocumentRow).where(DocumentRow.id == 1).values(one))
        newer = update(DocumentRow).where(DocumentRow.id == 2)
        connection.execute(newer.values(first_id=1, version=2))
    assert changed.person("vic").get("/documents/1").goes_to == "/documents/2"


def test_a_label_is_corrected_with_who_and_when_and_shown_at_once(changed: Served) -> None:
    ann = changed.person("ann")
    with writing(changed.engine) as connection:
        connection.execute(delete(AuditEntry))
    answer = ann.send("/documents/1", analysis="sentiment", label="positive")
    assert answer.status == 303 and answer.goes_to == "/documents/1#labels"
    assert corrections(changed) == [(1, "positive", "ann", "chosen", True)]
    page = ann.get("/documents/1")
    assert "ann says positive" in page.said
    pressed = page.document.all("button", **{"aria-pressed": "true"})
    assert [one.attributes["value"] for one in pressed] == ["positive"]
    assert "sentiment: positive" in ann.get("/texts?where=external_id=S-0001").said
    # Once more is no other word, another one is.
    ann.send("/documents/1", analysis="sentiment", label="positive")
    ann.send("/documents/1", analysis="sentiment", label="neutral")
    assert corrections(changed) == [
        (1, "positive", "ann", "chosen", False),
        (1, "neutral", "ann", "chosen", True),
    ]
    with reading(changed.engine) as connection:
        audit = connection.execute(select(AuditEntry.__table__).order_by(AuditEntry.id)).all()
    about = {"document": 1, "analysis": "sentiment", "run": 1}
    assert [(row.who, row.action, row.detail) for row in audit] == [
        ("ann", "relabel", about | {"label": "positive"}),
        ("ann", "relabel", about | {"label": "neutral"}),
    ]


def test_a_label_is_corrected_in_a_list_which_is_shown_again(changed: Served) -> None:
    ann = changed.person("ann")
    here = "/texts?product=Coat&in_theme=1&page=2"
    form = ann.get(here).document.all("input", name="next")[0]
    assert form.attributes["value"] == here
    answer = ann.send("/documents/2", analysis="sentiment", label="negative", next=here)
    assert answer.goes_to == here
    answer = ann.send("/documents/2", analysis="sentiment", label="neutral", next="//example.org")
    assert answer.goes_to == "/documents/2#labels"


@pytest.mark.parametrize(
    ("path", "analysis", "label", "status"),
    [
        ("/documents/1", "sentiment", "furious", 400),
        ("/documents/1", "sentiment", "", 400),
        ("/documents/1", "summary", "positive", 400),
        ("/documents/1", "", "positive", 400),
        ("/documents/999", "sentiment", "positive", 404),
    ],
)
def test_what_is_no_label_is_not_stored(
    changed: Served, path: str, analysis: str, label: str, status: int
) -> None:
    answer = changed.person("ann").send(path, analysis=analysis, label=label)
    assert answer.status == status and corrections(changed) == []
