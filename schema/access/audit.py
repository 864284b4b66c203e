"""The audit: who did what on the served page, and when."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from schema.database.clock import now
from schema.tables import AuditEntry


class Action(enum.StrEnum):
    """What can be done."""

    LOG_IN = "log in"
    FAIL_TO_LOG_IN = "fail to log in"
    LOG_OUT = "log out"
    RELABEL = "relabel"
    RENAME_THEME = "rename theme"
    MERGE_THEMES = "merge themes"
    HIDE_THEME = "hide theme"
    UNHIDE_THEME = "unhide theme"
    ADD_USER = "add user"
    CHANGE_USER = "change user"
    CHANGE_PASSWORD = "change password"
    REMOVE_USER = "remove user"


@dataclass(frozen=True, slots=True)
class Author:
    """Who does something.

    Attributes:
        name: Of the user; None where nobody knows.
        address: Where the request came from; None at the console.
    """

    name: str | None
    address: str | None = None


def record(connection: Connection, author: Author, action: Action, **detail: Any) -> None:
    """Write down that something was done, in the transaction that does it.

    Args:
        connection: The transaction.
        author: Who.
        action: What.
        detail: To what: ids, labels, names of themes and users, and no words of customers.
    """
    connection.execute(
        insert(AuditEntry).values(
            at=now(), who=author.name, address=author.address, action=action, detail=detail
        )
    )


def read_audit(connection: Connection, limit: int | None) -> Sequence[Any]:
    """The newest entries, the newest first; all where there is no limit."""
    newest = select(AuditEntry.__table__).order_by(AuditEntry.id.desc()).limit(limit)
    return connection.execute(newest).all()
