"""Clauses with their themes: the same numbers however few of them come as one."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import Connection, func, select

from schema.questions import theme_clauses
from schema.questions.scope import Scope
from schema.questions.theme_clauses import read_theme_clauses
from schema.tables import DocumentTheme, ThemeSet


def rows(connection: Connection) -> list[tuple[int, ...]]:
    set_id = connection.execute(select(func.max(ThemeSet.id))).scalar_one()
    ids = connection.execute(
        select(DocumentTheme.document_id).distinct().order_by(DocumentTheme.document_id)
    )
    found = read_theme_clauses(connection, Scope(), set_id, np.array(ids.scalars().all()))
    return sorted(map(tuple, found.tolist()))


@pytest.mark.parametrize("room", [theme_clauses._ROOM, 0])
def test_clauses_have_their_document_copies_theme_and_topic(
    connection: Connection, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(theme_clauses, "_ROOM", room)
    columns = (
        DocumentTheme.document_id,
        DocumentTheme.copy_key,
        func.coalesce(DocumentTheme.theme_id, 0),
        func.coalesce(DocumentTheme.topic_id, 0),
    )
    expected = sorted(map(tuple, connection.execute(select(*columns)).all()))
    assert rows(connection) == expected
    assert {row[2] > 0 for row in expected} == {True, False}
    assert {row[3] > 0 for row in expected} == {True, False}
