"""Themes: listed, renamed, merged, hidden and shown again, as at the console."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from schema.database import reading, writing
from schema.tables import AuditEntry, Theme, ThemeEdit
from tests.support.served import Served

pytestmark = pytest.mark.slow


def edits(served: Served) -> list[tuple[object, ...]]:
    with reading(served.engine) as connection:
        rows = connection.execute(select(ThemeEdit.__table__).order_by(ThemeEdit.id))
        return [(row.theme_id, row.verb, row.detail, row.made_by) for row in rows]


def audit(served: Served) -> list[tuple[object, ...]]:
    with reading(served.engine) as connection:
        rows = connection.execute(select(AuditEntry.__table__).order_by(AuditEntry.id))
        return [(row.who, row.action, row.detail) for row in rows if "log in" not in row.action]


def test_another_name_is_stored_and_shown_at_once(changed: Served) -> None:
    ann = changed.person("ann")
    assert "broken zip" in ann.get("/").said
    answer = ann.send("/themes/1", verb="rename", name="  zips   that break ")
    assert answer.status == 303 and answer.goes_to == "/themes"
    assert edits(changed) == [(1, "rename", {"name": "zips that break"}, "ann")]
    assert audit(changed) == [("ann", "rename theme", {"theme": 1, "name": "zips that break"})]
    listed = ann.get("/themes").said
    assert "zips that break named by ann" in listed and "ann: rename zips that break" in listed
    page = ann.get("/").said
    assert "zips that break" in page and "broken zip" not in page


def test_a_theme_is_part_of_another_from_then_on(changed: Served) -> None:
    ann = changed.person("ann")
    assert "156 documents" in ann.get("/texts?in_theme=2").text
    assert ann.send("/themes/3", verb="merge", into="2").status == 303
    assert edits(changed) == [(3, "merge", {"into": 2}, "ann")]
    assert "refund missing counts as late parcel" in ann.get("/themes").said
    assert "refund missing" not in ann.get("/").said
    # All of these go with late parcels already, and each document counts once.
    assert "156 documents" in ann.get("/texts?in_theme=3").text


def test_a_theme_is_hidden_and_shown_again(changed: Served) -> None:
    ann = changed.person("ann")
    ann.send("/themes/2", verb="hide")
    assert "late parcel" not in ann.get("/").said
    assert "late parcel hidden" in ann.get("/themes").said
    ann.send("/themes/2", verb="unhide")
    assert "late parcel" in ann.get("/").said
    assert [row[1] for row in audit(changed)] == ["hide theme", "unhide theme"]


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/themes/1", {"verb": "rename", "name": "  "}, 400),
        ("/themes/1", {"verb": "rename", "name": "x" * 201}, 400),
        ("/themes/1", {"verb": "merge", "into": "1"}, 400),
        ("/themes/1", {"verb": "merge", "into": "x"}, 400),
        ("/themes/1", {"verb": "merge", "into": "7"}, 400),
        ("/themes/1", {"verb": "split"}, 400),
        ("/themes/99", {"verb": "hide"}, 400),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    changed: Served, path: str, fields: dict[str, str], status: int
) -> None:
    assert changed.person("ann").send(path, **fields).status == status
    assert edits(changed) == audit(changed) == []


def test_without_themes_the_page_says_what_to_run(changed: Served) -> None:
    with writing(changed.engine) as connection:
        for table in ("document_themes", "theme_weeks"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
        connection.execute(delete(Theme))
        connection.exec_driver_sql("DELETE FROM theme_sets")
    vic = changed.person("vic")
    assert "run: triage themes" in vic.get("/themes").said
    assert vic.get("/").status == vic.get("/texts").status == 200
    assert vic.get("/texts?in_theme=1").status == 400
