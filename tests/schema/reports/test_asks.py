"""The report `asks`: requests by theme where there are themes, else by their words."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, insert

from schema.database import reading, writing
from schema.database.clock import now
from schema.insights.copies import text_key
from schema.reports import ReportOptions, find_report, run_report
from schema.tables import DocumentTheme, Theme, ThemeSet
from tests.support.feedback import add_document, add_result, add_run, add_to_run

TEXTS = [
    "Please add a dark mode.",
    "please add a dark mode",
    "A dark mode, please!",
    "More sizes would be great.",
    "It is fine.",
    "Perhaps pockets?",
]


@pytest.fixture
def run(engine: Engine) -> int:
    with writing(engine) as connection:
        run = add_run(connection, "autumn")
        documents = [add_document(connection, number, text) for number, text in enumerate(TEXTS)]
        add_to_run(connection, run, documents)
        for document in documents[:4]:
            add_result(connection, "intent", run, document, intent="request")
        add_result(connection, "intent", run, documents[4], intent="none")
        add_result(connection, "intent", run, documents[5], intent="request", unsure=True)
    return run


def rows(engine: Engine, **options: Any) -> list[dict[str, Any]]:
    with reading(engine) as connection:
        found = run_report(connection, find_report("asks"), ReportOptions(**options))
        return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def test_without_themes_the_words_tell_requests_apart(engine: Engine, run: int) -> None:
    found = rows(engine)
    assert [(row["asked_for"], row["documents"], row["texts"]) for row in found] == [
        ("Please add a dark mode.", 2, 1),
        ("A dark mode, please!", 1, 1),
        ("More sizes would be great.", 1, 1),
    ]
    assert {row["basis"] for row in found} == {"words"}
    assert found[0]["quotes"] == "Please add a dark mode."
    assert len(rows(engine, limit=1, run_id=run)) == 1


def test_themes_put_them_together_with_an_interval(engine: Engine, run: int) -> None:
    theme: dict[str, Any] = {"kind": "theme", "phrases": [], "centre": b"", "first_seen": now()}
    with writing(engine) as connection:
        made = {"scope": "", "basis": "embedding", "next_theme_id": 5, "made_at": now()}
        connection.execute(insert(ThemeSet).values(id=7, ready_at=now(), **made))
        connection.execute(insert(Theme).values(set_id=7, id=1, name="dark mode", **theme))
        connection.execute(
            insert(Theme).values(set_id=7, id=2, name="night", merged_into=1, **theme)
        )
        connection.execute(insert(Theme).values(set_id=7, id=3, name="x", hidden=True, **theme))
        for document, place in ((1, 1), (2, 1), (3, 2), (4, 3)):
            row = {"document_id": document, "ordinal": 0, "theme_id": place, "similarity": 0.9}
            row["copy_key"] = text_key(TEXTS[document - 1])
            connection.execute(insert(DocumentTheme).values(set_id=7, **row))
    (found,) = rows(engine)
    assert (found["asked_for"], found["basis"]) == ("dark mode", "theme")
    assert (found["documents"], found["texts"], found["percent"]) == (3, 2, 100.0)
    assert found["low_percent"] < 50
    assert found["quotes"].split("\n") == ["Please add a dark mode.", "A dark mode, please!"]
