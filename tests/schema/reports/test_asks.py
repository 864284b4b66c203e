"""The report `asks`: requests by theme where there are themes, else by their words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, insert

from schema.database import reading, writing
from schema.database.clock import now
from schema.insights.copies import text_key
from schema.reports import ReportOptions, find_report, requests, run_report
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


@pytest.mark.parametrize("near", [3, 6, 100])
def test_the_newest_are_found_among_few_ids_or_all(
    engine: Engine, run: int, near: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "NEAR", near)
    monkeypatch.setattr(requests, "MOST", 2)
    found = rows(engine)
    assert {row["asked_for"] for row in found} == {
        "A dark mode, please!",
        "More sizes would be great.",
    }


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
    # What is only in a theme that is hidden is asked for all the same.
    found, other = rows(engine)
    assert (other["asked_for"], other["basis"]) == ("More sizes would be great.", "words")
    assert (found["asked_for"], found["basis"]) == ("dark mode", "theme")
    assert (found["documents"], found["texts"], found["percent"]) == (3, 2, 66.7)
    assert found["low_percent"] < 50
    assert found["quotes"].split("\n") == ["Please add a dark mode.", "A dark mode, please!"]


def test_with_vectors_the_clause_that_asks_says_what_for(engine: Engine) -> None:
    """Of each text the second clause asks; the last text is no request."""
    asked = [
        *("Wish it came in more colors!", "More colors, please.", "Please make another color."),
        *("Bring the pockets back.", "I want pockets.", "Free returns would be nice."),
    ]
    texts = [f"I love the fit of it. {one}" for one in asked] + ["I love the fit of it. So soft."]
    about, asks, is_soft = (1.0, 0.2, 0.0), (0.3, 0.2, 1.0), (0.3, 1.0, 0.0)
    with writing(engine) as connection:
        run = add_run(connection, "spring")
        documents = [add_document(connection, number, text) for number, text in enumerate(texts)]
        add_to_run(connection, run, documents)
        for place, (document, text) in enumerate(zip(documents, texts, strict=True)):
            is_request = place < len(asked)
            intent = "request" if is_request else "praise"
            add_result(connection, "intent", run, document, intent=intent)
            end = text.index(". ") + 1
            spans = [(0, end, about), (end + 1, len(text), asks if is_request else is_soft)]
            for ordinal, (start, stop, numbers) in enumerate(spans):
                vector = np.array(numbers, "<f2").tobytes()
                where = {"start": start, "end": stop, "ordinal": ordinal}
                add_result(connection, "embedding", run, document, vector=vector, **where)
    found = {row["asked_for"]: row for row in rows(engine)}
    # Without themes each is by itself, and what is called the same is one.
    assert {row["basis"] for row in found.values()} == {"clause"}
    assert set(asked) == {quote for row in found.values() for quote in row["quotes"].split("\n")}
    assert sum(row["texts"] for row in found.values()) == len(asked)
    theme: dict[str, Any] = {"kind": "theme", "phrases": [], "centre": b"", "first_seen": now()}
    with writing(engine) as connection:
        made = {"scope": "", "basis": "embedding", "next_theme_id": 5, "made_at": now()}
        connection.execute(insert(ThemeSet).values(id=7, ready_at=now(), **made))
        for number, name in ((1, "color is beautiful"), (2, "fit · pockets")):
            row = {"set_id": 7, "id": number, "name": name} | theme
            connection.execute(insert(Theme).values(**row))
        for place, document in enumerate(documents[:5]):
            row = {"document_id": document, "ordinal": 1, "theme_id": 1 if place < 3 else 2}
            row |= {"similarity": 0.9, "copy_key": document}
            connection.execute(insert(DocumentTheme).values(set_id=7, **row))
    colors, pockets, returns = rows(engine)
    assert (colors["asked_for"], colors["texts"], colors["percent"]) == ("colors", 3, 50.0)
    assert (pockets["asked_for"], pockets["texts"]) == ("pockets", 2)
    assert returns["asked_for"] == "Free returns would be nice."
