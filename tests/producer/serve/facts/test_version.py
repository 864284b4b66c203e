"""The version of the data changes with whatever a page is made of."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Engine, insert, update

from producer.serve.facts.version import DataVersion, read_version
from schema.corrections.store import Correction, store
from schema.corrections.subject import Subject
from schema.database import reading, writing
from schema.ledger.forget import Which, forget
from schema.tables import CHOSEN, Run, ThemeSet
from schema.themes.edits import rename_theme
from tests.support.feedback import add_document
from tests.support.shop import NOW, make_shop

pytestmark = pytest.mark.slow


def version(engine: Engine) -> DataVersion:
    with reading(engine) as connection:
        return read_version(connection)


def _correct(connection: Connection) -> None:
    store(connection, Subject(1, "sentiment"), [Correction(1, "positive", CHOSEN)], "ann")


def _prefer(connection: Connection) -> None:
    connection.execute(update(Run).values(preferred_at=NOW))


def _store(connection: Connection) -> None:
    # PostgreSQL has counted none of the ids that the shop gave.
    add_document(connection, 5_000, "text", id=5_000)


def _find_themes(connection: Connection) -> None:
    connection.execute(
        insert(ThemeSet).values(
            id=2, scope="all", basis="words", next_theme_id=9, made_at=NOW, ready_at=NOW
        )
    )


@pytest.mark.parametrize(
    ("change", "changes"),
    [
        (_correct, {"edits"}),
        (lambda connection: rename_theme(connection, 1, "x", "ann"), {"edits"}),
        (_prefer, {"data"}),
        (_store, {"data"}),
        (_find_themes, {"data"}),
    ],
)
def test_it_changes_with_what_a_page_is_made_of(
    engine: Engine, change: Callable[[Connection], None], changes: set[str]
) -> None:
    make_shop(engine)
    before = version(engine)
    assert version(engine) == before
    with writing(engine) as connection:
        change(connection)
    after = version(engine)
    different = {name for name in before.__slots__ if getattr(before, name) != getattr(after, name)}
    assert different == changes


def test_what_is_forgotten_is_gone(sqlite_engine: Engine) -> None:
    make_shop(sqlite_engine)
    before = version(sqlite_engine)
    assert list(forget(sqlite_engine, Which("external_id", "S-0001")))
    assert version(sqlite_engine).gone != before.gone
