"""Users of the served page: adding, changing, removing and reading them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from schema.access.sessions import end_sessions_of
from schema.database.clock import now
from schema.tables import PageUser, Role

#: What a name may look like, in small letters: an address of mail does, too.
_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")


class UserError(ValueError):
    """A user cannot be added or changed so. One sentence, with the fix."""


@dataclass(frozen=True, slots=True)
class User:
    """A user.

    Attributes:
        figures_only: Whether no words of customers are shown.
        password_hash: As argon2 writes it.
    """

    id: int
    name: str
    role: Role
    figures_only: bool
    password_hash: str
    created_at: datetime


def read_name(given: str) -> str:
    """A name as it is kept, in small letters.

    Raises:
        UserError: If it cannot be one.
    """
    name = given.strip().lower()
    if not _NAME.fullmatch(name):
        raise UserError(
            "a user's name has letters from a to z, digits and . _ @ + - in it, 64 at the most"
        )
    return name


def find_user(connection: Connection, name: str) -> User | None:
    """The user of a name, as `read_name` gives it; None if there is none."""
    found = connection.execute(select(PageUser.__table__).where(PageUser.name == name))
    row = found.one_or_none()
    return None if row is None else _user(row)


def all_users(connection: Connection) -> list[User]:
    """All users by name."""
    found = connection.execute(select(PageUser.__table__).order_by(PageUser.name))
    return [_user(row) for row in found]


def add_user(
    connection: Connection, name: str, password_hash: str, role: Role, figures_only: bool
) -> None:
    """Add a user.

    Raises:
        UserError: If there is one of this name.
    """
    if find_user(connection, name) is not None:
        raise UserError(
            f"there is a user {name} already; change it with: triage users change {name}"
        )
    connection.execute(
        insert(PageUser).values(
            name=name,
            password_hash=password_hash,
            role=role,
            figures_only=figures_only,
            created_at=now(),
        )
    )


def change_user(
    connection: Connection, name: str, role: Role | None, figures_only: bool | None
) -> User:
    """Change what a user may do; None leaves it as it is. It holds from the next request on.

    Raises:
        UserError: If there is no such user.
    """
    user = _known(connection, name)
    values: dict[str, Any] = {} if role is None else {"role": role}
    if figures_only is not None:
        values["figures_only"] = figures_only
    if values:
        connection.execute(update(PageUser).where(PageUser.id == user.id).values(**values))
    return _known(connection, name)


def change_password(connection: Connection, name: str, password_hash: str) -> None:
    """Give a user another password; whoever is logged in with the old one is so no longer.

    Raises:
        UserError: If there is no such user.
    """
    user = _known(connection, name)
    changed = update(PageUser).where(PageUser.id == user.id)
    connection.execute(changed.values(password_hash=password_hash))
    end_sessions_of(connection, user.id)


def keep_hash(connection: Connection, user: User, password_hash: str) -> None:
    """Keep another hash of the same password, unless the password has changed meanwhile."""
    same = (PageUser.id == user.id) & (PageUser.password_hash == user.password_hash)
    connection.execute(update(PageUser).where(same).values(password_hash=password_hash))


def remove_user(connection: Connection, name: str) -> None:
    """Remove a user, who is logged in no longer; what was done stays in the audit.

    Raises:
        UserError: If there is no such user.
    """
    user = _known(connection, name)
    end_sessions_of(connection, user.id)
    connection.execute(delete(PageUser).where(PageUser.id == user.id))


def _known(connection: Connection, name: str) -> User:
    user = find_user(connection, name)
    if user is None:
        raise UserError(f"there is no user {name}; those there are: triage users")
    return user


def _user(row: Any) -> User:
    return User(
        row.id, row.name, Role(row.role), row.figures_only, row.password_hash, row.created_at
    )
