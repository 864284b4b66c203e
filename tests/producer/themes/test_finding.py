"""Themes on both databases: found, kept, given to what comes later, and found again."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, select

from producer.themes import finding, membership
from producer.themes.finding import find_themes
from producer.themes.topics import Topic
from schema.database import reading
from schema.ledger.delete import begin_deletion, delete_run
from schema.ledger.forget import Which, forget
from schema.tables import DocumentRow, DocumentTheme, Theme, ThemeKind, ThemeWeek
from schema.themes.scope import ThemeScope
from tests.support.ledger import make_run
from tests.support.themed import themed_run, themed_texts

ALL = ThemeScope()
THREE = ("parcel", "refund", "zip")


def members(engine: Engine) -> dict[str, set[int | None]]:
    """By the subject of texts, the themes that they are in."""
    found: dict[str, set[int | None]] = {}
    with reading(engine) as connection:
        rows = connection.execute(
            select(DocumentRow.text, DocumentTheme.theme_id).join(
                DocumentTheme, DocumentTheme.document_id == DocumentRow.id
            )
        )
        for text, theme in rows:
            subject = next(
                one for one in ("parcel", "refund", "zip", "colour") if one in text.lower()
            )
            found.setdefault(subject, set()).add(theme)
    return found


def rows(engine: Engine, table: Any) -> list[dict[str, Any]]:
    with reading(engine) as connection:
        return [row._asdict() for row in connection.execute(select(table.__table__))]


def of_kind(engine: Engine, kind: ThemeKind) -> list[dict[str, Any]]:
    return [theme for theme in rows(engine, Theme) if theme["kind"] == kind]


def test_each_subject_is_a_theme_with_a_name_of_its_words(engine: Engine) -> None:
    themed_run(engine, themed_texts(THREE, 30))
    found = find_themes(engine, ALL)
    assert found.rebuilt and found.assigned == 90 and found.new == []
    themes = of_kind(engine, ThemeKind.THEME)
    by_subject = members(engine)
    assert all(len(ids) == 1 for ids in by_subject.values()), by_subject
    assert len({next(iter(ids)) for ids in by_subject.values()}) == 3
    names = {theme["id"]: theme["name"] for theme in themes}
    for subject, ids in by_subject.items():
        assert subject in names[next(iter(ids)) or 0]
    assert len(set(names.values())) == len(names)
    broad = {theme["id"] for theme in of_kind(engine, ThemeKind.BROAD)}
    assert broad and all(theme["broad_id"] in broad for theme in themes)


def test_weeks_count_documents_and_copies_once(engine: Engine) -> None:
    texts = themed_texts(THREE, 20)
    themed_run(engine, [*texts, texts[0].upper() + "!", texts[0]])
    found = find_themes(engine, ALL)
    weeks = [row for row in rows(engine, ThemeWeek) if row["set_id"] == found.set_id]
    assert sum(week["documents"] for week in weeks) == 62
    assert sum(week["texts"] for week in weeks) <= 62
    assert {str(week["week"]) for week in weeks} == {"2026-03-02", "2026-03-09", "2026-03-16"}
    volumes = {week["week"]: week["volume"] for week in weeks}
    for day, volume in volumes.items():
        assert volume == sum(week["texts"] for week in weeks if week["week"] == day)
    keys = [row["copy_key"] for row in rows(engine, DocumentTheme)]
    assert len(set(keys)) == 60


def test_what_comes_later_changes_no_theme_of_before(engine: Engine) -> None:
    themed_run(engine, themed_texts(THREE, 30))
    find_themes(engine, ALL)
    before = {row["document_id"]: row for row in rows(engine, DocumentTheme)}
    themes = rows(engine, Theme)
    themed_run(engine, themed_texts(THREE, 5, first=40), name="later")
    found = find_themes(engine, ALL)
    assert (found.rebuilt, found.assigned) == (False, 15)
    after = {row["document_id"]: row for row in rows(engine, DocumentTheme)}
    assert len(after) == 105
    assert {document: after[document] for document in before} == before
    assert rows(engine, Theme) == themes
    assert all(len(ids) == 1 for ids in members(engine).values())


def test_a_subject_that_comes_later_is_new(engine: Engine) -> None:
    themed_run(engine, themed_texts(THREE, 30))
    find_themes(engine, ALL)
    themed_run(engine, themed_texts(("parcel", "colour"), 20, first=50), name="later")
    found = find_themes(engine, ALL)
    assert len(found.new) == 1
    theme = next(one for one in rows(engine, Theme) if one["id"] == found.new[0])
    assert theme["new"] and "colour" in theme["name"]
    assert members(engine)["colour"] == {found.new[0]}
    # The next day it is there, and is not found once more.
    themed_run(engine, themed_texts(("colour",), 20, first=100), name="last")
    assert find_themes(engine, ALL).new == []
    assert members(engine)["colour"] == {found.new[0]}


def test_a_rebuild_keeps_ids_and_names(engine: Engine) -> None:
    themed_run(engine, themed_texts(THREE, 30))
    first = find_themes(engine, ALL)
    before = members(engine)
    names = {theme["id"]: theme["name"] for theme in rows(engine, Theme)}
    themed_run(engine, themed_texts((*THREE, "colour"), 12, first=40), name="later")
    again = find_themes(engine, ALL, rebuild=True)
    assert again.rebuilt and again.set_id != first.set_id
    assert {row["set_id"] for row in rows(engine, DocumentTheme)} == {again.set_id}
    after = members(engine)
    assert {subject: after[subject] for subject in THREE} == before
    kept = {one["id"]: one["name"] for one in of_kind(engine, ThemeKind.THEME)}
    assert {id_: kept[id_] for id_ in kept if id_ in names}.items() <= names.items()
    added = next(iter(after["colour"]))
    assert added not in names
    assert next(one["new"] for one in rows(engine, Theme) if one["id"] == added)


def test_it_goes_on_where_it_was_interrupted(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    themed_run(engine, themed_texts(THREE, 30))

    def fail(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(membership, "write_memberships", fail)
    with pytest.raises(KeyboardInterrupt):
        find_themes(engine, ALL)
    monkeypatch.undo()
    begun = rows(engine, Theme)
    assert begun and rows(engine, DocumentTheme) == []
    monkeypatch.setattr(finding, "cluster", fail)
    found = find_themes(engine, ALL)
    assert found.rebuilt and found.assigned == 90
    assert rows(engine, Theme) == begun


def test_topics_of_a_list_stand_beside_what_is_found(engine: Engine) -> None:
    themed_run(engine, themed_texts(THREE, 30))
    topics = [Topic("delivery", "late parcel, courier"), Topic("weather", "rain")]
    found = find_themes(engine, ALL, topics=topics)
    assert found.unknown_topics == ["weather"]
    (topic,) = of_kind(engine, ThemeKind.TOPIC)
    given = {row["document_id"] for row in rows(engine, DocumentTheme) if row["topic_id"]}
    with reading(engine) as connection:
        texts = connection.execute(
            select(DocumentRow.text).where(DocumentRow.id.in_(given))
        ).scalars()
        assert all("parcel" in text for text in texts)
    assert len(given) == 30
    find_themes(engine, ALL, rebuild=True)
    assert [one["id"] for one in of_kind(engine, ThemeKind.TOPIC)] == [topic["id"]]


def test_without_embeddings_words_are_read(engine: Engine) -> None:
    make_run(engine, themed_texts(THREE, 30), ("sentiment",))
    found = find_themes(engine, ALL)
    assert found.assigned == 90
    by_subject = members(engine)
    assert all(None not in ids for ids in by_subject.values())
    parcels, refunds, zips = (by_subject[subject] for subject in THREE)
    assert not parcels & refunds and not refunds & zips and not parcels & zips
    before = rows(engine, DocumentTheme)
    find_themes(engine, ALL, rebuild=True)
    after = {row["document_id"]: row["theme_id"] for row in rows(engine, DocumentTheme)}
    assert after == {row["document_id"]: row["theme_id"] for row in before}


def test_themes_of_words_go_on_with_embeddings(engine: Engine) -> None:
    make_run(engine, themed_texts(THREE, 30), ("sentiment",), name="before")
    find_themes(engine, ALL)
    before = {one["id"] for one in of_kind(engine, ThemeKind.THEME)}
    themed_run(engine, themed_texts(THREE, 30, first=40))
    found = find_themes(engine, ALL)
    assert found.stale is not None and "embeddings" in found.stale
    assert find_themes(engine, ALL, rebuild=True).stale is None
    kept = {one["id"] for one in of_kind(engine, ThemeKind.THEME)} & before
    assert len(kept) >= 1 and None not in set().union(*members(engine).values())


def test_another_model_is_told_and_counts_with_a_rebuild(sqlite_engine: Engine) -> None:
    themed_run(sqlite_engine, themed_texts(THREE, 30))
    find_themes(sqlite_engine, ALL)
    themed_run(sqlite_engine, themed_texts(THREE, 30, first=40), name="later", model="other")
    found = find_themes(sqlite_engine, ALL)
    assert found.assigned == 0 and found.stale is not None and "another model" in found.stale
    assert find_themes(sqlite_engine, ALL, rebuild=True).assigned == 90


def test_runs_are_read_apart_from_each_other(engine: Engine) -> None:
    run = themed_run(engine, themed_texts(("parcel", "refund"), 20))
    themed_run(engine, themed_texts(("zip",), 20), name="other")
    assert find_themes(engine, ThemeScope((run,))).assigned == 40
    assert set(members(engine)) == {"parcel", "refund"}


@pytest.mark.parametrize("embedded", [True, False])
def test_one_document_is_in_no_theme(sqlite_engine: Engine, embedded: bool) -> None:
    make = themed_run if embedded else make_run
    make(sqlite_engine, ["a late parcel"])
    assert find_themes(sqlite_engine, ALL).assigned == 1
    assert [row["theme_id"] for row in rows(sqlite_engine, DocumentTheme)] == [None]
    assert find_themes(sqlite_engine, ALL, rebuild=True).assigned == 1


def test_without_feedback_nothing_is_written(engine: Engine) -> None:
    assert find_themes(engine, ALL).set_id is None
    assert rows(engine, Theme) == []


def test_who_is_forgotten_is_in_no_theme(engine: Engine) -> None:
    themed_run(engine, themed_texts(THREE, 30))
    find_themes(engine, ALL)
    for _ in forget(engine, Which("external_id", "3")):
        pass
    left = {row["document_id"] for row in rows(engine, DocumentTheme)}
    with reading(engine) as connection:
        there = set(connection.execute(select(DocumentRow.id)).scalars())
    assert left == there and len(left) == 89


def test_what_is_deleted_with_its_run_is_in_no_theme(engine: Engine) -> None:
    themed_run(engine, themed_texts(THREE, 20))
    gone = themed_run(engine, themed_texts(THREE, 10, first=40), name="gone")
    find_themes(engine, ALL)
    begin_deletion(engine, gone)
    for _ in delete_run(engine, gone):
        pass
    assert len(rows(engine, DocumentTheme)) == 60
