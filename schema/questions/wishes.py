"""What customers ask for, with the documents that do."""

from __future__ import annotations

from sqlalchemy import Connection

from schema.questions.scope import Scope, select_rows
from schema.reports.asks import Wish, find_wishes

__all__ = ["Wish", "read_wishes"]


def read_wishes(connection: Connection, scope: Scope) -> tuple[list[Wish], int]:
    """What is asked for, by most texts first; and how many different texts ask for anything."""
    return find_wishes(lambda sql: iter(select_rows(connection, sql, scope)))
