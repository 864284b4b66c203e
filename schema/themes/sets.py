"""Sets of themes: beginning one, finding the one that counts, letting it replace the one before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from schema.database import reading, writing
from schema.database.clock import now
from schema.tables import DocumentTheme, Theme, ThemeSet, ThemeWeek
from schema.themes.scope import ThemeScope

#: What `theme_sets.basis` says.
EMBEDDING, WORDS = "embedding", "words"
#: Rows of a replaced set that one transaction deletes, so that nobody waits long for it.
DELETE_LIMIT = 50_000


def current_set(connection: Connection, scope: ThemeScope) -> Any:
    """The row of the newest set of a scope that is ready, or None."""
    return _newest(connection, ThemeSet.scope == str(scope), ThemeSet.ready_at.is_not(None))


def shown_set(connection: Connection) -> Any:
    """The row of the set that questions, views and searches read: the newest ready one of all
    feedback, else the newest ready one of any; None where there is none. `schema.views.dialect`
    says the same in SQL.
    """
    of_all = _newest(
        connection, ThemeSet.scope == str(ThemeScope()), ThemeSet.ready_at.is_not(None)
    )
    return of_all or _newest(connection, ThemeSet.ready_at.is_not(None))


def unfinished_set(connection: Connection, scope: ThemeScope) -> Any:
    """The row of a set that was begun after the current one and not finished, or None."""
    newest = _newest(connection, ThemeSet.scope == str(scope))
    return newest if newest is not None and newest.ready_at is None else None


def find_set(connection: Connection, set_id: int) -> Any:
    """The row of a set that is there."""
    return connection.execute(select(ThemeSet.__table__).where(ThemeSet.id == set_id)).one()


def _newest(connection: Connection, *conditions: Any) -> Any:
    statement = select(ThemeSet.__table__).where(*conditions).order_by(ThemeSet.id.desc())
    return connection.execute(statement.limit(1)).one_or_none()


def next_theme_id(connection: Connection) -> int:
    """The lowest id that no theme of any set has or had."""
    highest = select(func.max(ThemeSet.next_theme_id))
    return connection.execute(highest).scalar_one_or_none() or 1


def begin_set(engine: Engine, values: dict[str, Any], themes: Sequence[dict[str, Any]]) -> int:
    """Write a set that is not ready yet, with its themes; returns its id."""
    with writing(engine) as connection:
        made = insert(ThemeSet).values(made_at=now(), **values).returning(ThemeSet.id)
        set_id = int(connection.execute(made).scalar_one())
        if themes:
            connection.execute(insert(Theme), [theme | {"set_id": set_id} for theme in themes])
    return set_id


def finish_set(engine: Engine, scope: ThemeScope, set_id: int) -> None:
    """Let a set be the one that counts from now on, and delete those before it."""
    with writing(engine) as connection:
        ready = update(ThemeSet).where(ThemeSet.id == set_id, ThemeSet.ready_at.is_(None))
        connection.execute(ready.values(ready_at=now()))
    with reading(engine) as connection:
        older = select(ThemeSet.id).where(ThemeSet.scope == str(scope), ThemeSet.id < set_id)
        ids = list(connection.execute(older).scalars())
    for old in ids:
        drop_set(engine, old)


def drop_set(engine: Engine, set_id: int) -> None:
    """Delete a set with all that is of it; killed in between, it is deleted the next time."""
    while True:
        with writing(engine) as connection:
            some = (
                select(DocumentTheme.document_id)
                .where(DocumentTheme.set_id == set_id)
                .order_by(DocumentTheme.document_id)
                .limit(DELETE_LIMIT)
            )
            last = connection.execute(select(func.max(some.subquery().c.document_id))).scalar_one()
            if last is None:
                for table in (ThemeWeek, Theme):
                    connection.execute(delete(table).where(table.set_id == set_id))
                connection.execute(delete(ThemeSet).where(ThemeSet.id == set_id))
                return
            connection.execute(
                delete(DocumentTheme).where(
                    DocumentTheme.set_id == set_id, DocumentTheme.document_id <= last
                )
            )


def themes_of(connection: Connection, set_id: int) -> list[Any]:
    """The themes of a set by their ids."""
    statement = select(Theme.__table__).where(Theme.set_id == set_id).order_by(Theme.id)
    return list(connection.execute(statement).all())
