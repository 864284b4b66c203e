"""Two runs over a few documents, with results of every kind, whose numbers fit into a head."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, insert

from schema.database import reading, writing
from schema.database.clock import now
from schema.reports import ReportOptions, find_report, run_report
from schema.tables import DocumentTheme, Theme, ThemeSet, ThemeWeek
from tests.support.feedback import add_document, add_result, add_run, add_to_run

WANT = "What does the customer want?"


def seed(engine: Engine) -> tuple[int, int]:
    """Run `autumn` over five documents, and run `again` over the first two."""
    with writing(engine) as connection:
        documents = _documents(connection)
        autumn = add_run(connection, "autumn", read=8, stored=5, duplicate=1, rejected=2)
        again = add_run(connection, "again", read=2, stored=2)
        add_to_run(connection, autumn, documents)
        add_to_run(connection, again, documents[:2])
        _autumn(connection, autumn, *documents)
        positive = {"label": "POSITIVE", "score": 0.75, "polarity": "positive"}
        add_result(connection, "sentiment", again, documents[0], **positive)
        add_result(connection, "summary", again, documents[0], summary="Leaks, again.")
        add_result(connection, "summary", again, documents[4], summary="Burns, again.")
        answer = {"question": WANT, "answer": "A REFUND"}
        add_result(connection, "qa", again, documents[1], score=0.6, **answer)
        _themes(connection, documents)
    return autumn, again


def _themes(connection: Connection, documents: list[int]) -> None:
    """The first two are about leaks, the second about steam too, which is hidden."""
    row = {
        "scope": "all",
        "basis": "words",
        "next_theme_id": 5,
        "made_at": now(),
        "ready_at": now(),
    }
    made = insert(ThemeSet).values(row).returning(ThemeSet.id)
    of_set = {"set_id": connection.execute(made).scalar_one()}
    names = {1: "leak", 2: "drip", 3: "steam", 4: "Quality"}
    for theme, name in names.items():
        kind = "topic" if name == "Quality" else "theme"
        more = {"merged_into": 1 if name == "drip" else None, "hidden": name == "steam"}
        about = {"kind": kind, "phrases": [name], "centre": b"", "first_seen": now()}
        connection.execute(insert(Theme).values(id=theme, name=name, **of_set, **about, **more))
    for document, ordinal, theme, topic in ((0, 0, 1, None), (1, 0, 2, 4), (1, 1, 3, None)):
        of_clause: dict[str, Any] = {
            "document_id": documents[document],
            "ordinal": ordinal,
            "copy_key": document,
        }
        member: dict[str, Any] = {
            "theme_id": theme,
            "topic_id": topic,
            "similarity": 0.5 + theme / 10,
        }
        connection.execute(insert(DocumentTheme).values(**of_set, **of_clause, **member))
    counted = {"documents": 2, "texts": 2, "volume": 2, "week": date(2026, 10, 5)}
    connection.execute(insert(ThemeWeek).values(theme_id=1, **of_set, **counted))


def _documents(connection: Connection) -> list[int]:
    kettle = {"source": "app", "product": "Kettle", "language": "en"}
    leak = "The Nimbus kettle from Leeds leaks. Nimbus!"
    resolved = {"extra": {"store": "Bonn", "resolved": "Yes"}}
    return [
        add_document(connection, 1, leak, "2026-10-05T23:30:00Z", **kettle),
        add_document(connection, 2, "NIMBUS is great", "2026-10-05T10:00:00Z", **kettle),
        add_document(
            connection,
            3,
            "Nimbus, oh nimbus: der Deckel des Toasters ist nach zwei Tagen zerbrochen.",
            "2026-10-06T00:10:00Z",
            source="shop",
            product="Toaster",
            language="de",
            **resolved,
        ),
        add_document(connection, 4, "It is a thing.", source="shop", extra={"resolved": False}),
        # The day in UTC is the one before.
        add_document(
            connection,
            5,
            "Burns every slice. " * 20,
            "2026-10-07T01:00:00+02:00",
            source="mail",
            product="Toaster",
            language="en",
            extra={"note": 'they said "resolved": true'},
        ),
    ]


def _autumn(connection: Connection, run: int, *documents: int) -> None:
    labels = ["NEGATIVE", "POSITIVE", "neg", "NEUTRAL", "NEGATIVE"]
    polarities = ["negative", "positive", "negative", "neutral", "negative"]
    scores = [0.9, 0.8, 0.7, 0.5, 0.6]
    for document, label, polarity, score in zip(documents, labels, polarities, scores, strict=True):
        row = {"label": label, "polarity": polarity, "score": score}
        add_result(connection, "sentiment", run, document, **row)
    named = [
        (0, "ORG", ["Nimbus", "Nimbus"]),
        (1, "ORG", ["NIMBUS"]),
        (2, "ORG", ["Nimbus", "nimbus"]),
    ]
    for place, kind, texts in named:
        for ordinal, text in enumerate(texts):
            row = {"ordinal": ordinal, "type": kind, "text": text}
            add_result(connection, "entities", run, documents[place], **row)
    row = {"ordinal": 2, "type": "LOC", "text": "Leeds"}
    add_result(connection, "entities", run, documents[0], **row)
    answers = ["A refund.", " a refund ", "(New lid!)", "...", "a new one"]
    for document, answer, score in zip(documents, answers, [0.4, 0.2, 0.5, 0.1, 0.3], strict=True):
        row = {"question": WANT, "answer": answer}
        add_result(connection, "qa", run, document, score=score, **row)
    add_result(connection, "summary", run, documents[0], summary="Kettle leaks.")
    add_result(connection, "summary", run, documents[4], summary="Toaster burns.")
    translated = {"language": "de", "translation": "Das ist ein Ding."}
    add_result(connection, "translation", run, documents[3], **translated)


def add_intents(engine: Engine, run: int, document: int, intents: list[str]) -> None:
    """What the writer of a document is up to, by a run."""
    with writing(engine) as connection:
        for ordinal, intent in enumerate(intents):
            row = {"ordinal": ordinal, "intent": intent}
            add_result(connection, "intent", run, document, **row)


def add_draft(engine: Engine, run: int, document: int) -> None:
    """A draft of a reply to a document, by a run."""
    with writing(engine) as connection:
        draft = {"draft": "Hi {name}", "origin": "library", "unread": 0}
        add_result(connection, "reply", run, document, **draft)


def view_rows(engine: Engine, name: str, run_id: int | None = None) -> list[dict[str, Any]]:
    """All rows of a view, or those that a run alone would give."""
    with reading(engine) as connection:
        found = run_report(connection, find_report(name), ReportOptions(run_id=run_id))
        return [dict(zip(found.columns, row, strict=True)) for row in found.rows]
