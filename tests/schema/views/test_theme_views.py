"""Views of themes: which a document is in, how many, and in which week."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine, insert

from schema.database import reading, writing
from schema.database.clock import now
from schema.reports import ReportError, ReportOptions, find_report, run_report
from schema.tables import ThemeSet
from schema.themes.sets import shown_set
from tests.support.two_runs import seed, view_rows


def test_themes_of_documents_are_those_that_are_listed(engine: Engine) -> None:
    """A merged theme counts as the other, a hidden one as none."""
    autumn, _ = seed(engine)
    found = {row["id"]: row["themes"] for row in view_rows(engine, "v_documents")}
    assert found == {1: "leak", 2: "Quality; leak", 3: None, 4: None, 5: None}
    pairs = {
        (row["document_id"], row["name"]): row for row in view_rows(engine, "v_document_themes")
    }
    assert set(pairs) == {(1, "leak"), (2, "leak"), (2, "Quality")}
    assert pairs[2, "leak"]["similarity"] == pytest.approx(0.7)
    assert pairs[2, "Quality"]["similarity"] is None
    assert pairs[1, "leak"]["polarity"] == "positive"
    leak, quality = view_rows(engine, "v_themes")
    assert (leak["name"], leak["documents"], leak["texts"], leak["positive"]) == ("leak", 2, 2, 2)
    assert (quality["kind"], quality["documents"]) == ("topic", 1)
    assert view_rows(engine, "v_themes", autumn)[0]["negative"] == 1
    (week,) = view_rows(engine, "v_theme_weeks")
    assert (week["week"], week["texts"], week["alert"]) == (date(2026, 10, 5), 2, None)


def test_themes_are_of_the_newest_set_of_all_feedback(engine: Engine) -> None:
    seed(engine)
    made = {"basis": "words", "next_theme_id": 9, "made_at": now()}
    with writing(engine) as connection:
        # One of a run is newer, one of all is not ready.
        connection.execute(insert(ThemeSet).values(scope="runs 1", ready_at=now(), **made))
        connection.execute(insert(ThemeSet).values(scope="all", **made))
    assert [row["name"] for row in view_rows(engine, "v_themes")] == ["leak", "Quality"]
    with reading(engine) as connection:
        assert shown_set(connection).id == 1


def test_what_is_counted_of_all_cannot_be_restricted(engine: Engine) -> None:
    with reading(engine) as connection, pytest.raises(ReportError, match="triage rising does"):
        run_report(connection, find_report("v_theme_weeks"), ReportOptions(run_id=1))
