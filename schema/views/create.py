"""Making the views in a database, and taking them away."""

from __future__ import annotations

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from schema.database.errors import DatabaseError
from schema.views.dialect import write_out
from schema.views.view import VIEWS


def create_views(connection: Connection) -> None:
    """Make all views in a database at the newest revision; they must not be there."""
    dialect = connection.dialect.name
    for view in VIEWS:
        connection.exec_driver_sql(f"CREATE VIEW {view.name} AS\n{write_out(view.body, dialect)}")
        if dialect != "postgresql":
            continue
        # Where tools like Metabase look for what a column holds.
        described = {f"VIEW {view.name}": view.description} | {
            f"COLUMN {view.name}.{column.name}": column.meaning for column in view.columns
        }
        for what, meaning in described.items():
            quoted = meaning.replace("'", "''")
            connection.exec_driver_sql(f"COMMENT ON {what} IS '{quoted}'")


def drop_views(connection: Connection) -> None:
    """Take all views away, if they are there: a table that one reads could not be changed.

    Raises:
        DatabaseError: If somebody's own view stands on one of them.
    """
    for view in reversed(VIEWS):
        try:
            connection.exec_driver_sql(f"DROP VIEW IF EXISTS {view.name}")
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != "2BP01":
                raise
            raise DatabaseError(
                f"the view {view.name} cannot be made anew, since a view of your own reads it; "
                "drop yours, run: triage init, and make yours again"
            ) from None
