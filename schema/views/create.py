"""Making the views in a database, and taking them away."""

from __future__ import annotations

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from schema.database.errors import DatabaseError
from schema.views.bodies import bodies
from schema.views.dialect import write_out
from schema.views.triggers import create_triggers, drop_triggers
from schema.views.view import VIEWS

_BODIES = bodies(plain=False)


def create_views(connection: Connection) -> None:
    """Make all views in a database at the newest revision, and the triggers that keep rollups true;
    they must not be there.
    """
    dialect = connection.dialect.name
    for name, body in _BODIES.items():
        # Written without parameters: a `%` in it is only a `%`.
        sql = f"CREATE VIEW {name} AS\n{write_out(body, dialect)}"
        connection.execute(text(sql))
    create_triggers(connection)
    if dialect != "postgresql":
        return
    for view in VIEWS:
        # Where tools like Metabase look for what a column holds.
        described = {f"VIEW {view.name}": view.description} | {
            f"COLUMN {view.name}.{column.name}": column.meaning for column in view.columns
        }
        for what, meaning in described.items():
            quoted = meaning.replace("'", "''")
            connection.exec_driver_sql(f"COMMENT ON {what} IS '{quoted}'")


def drop_views(connection: Connection) -> None:
    """Take all views and triggers away, if they are there: a table that one reads could not be
    changed.

    Raises:
        DatabaseError: If somebody's own view stands on one of them.
    """
    drop_triggers(connection)
    for name in reversed(_BODIES):
        try:
            connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != "2BP01":
                raise
            raise DatabaseError(
                f"the view {name} cannot be made anew, since a view of your own reads it; "
                "drop yours, run: triage init, and make yours again"
            ) from None
