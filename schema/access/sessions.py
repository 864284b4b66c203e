"""Sessions: logins that go on until they are ended, idle for too long, or too old."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, or_, select, update

from schema.database.clock import after, now, seconds_since
from schema.tables import PageSession, PageUser, Role

#: Seconds between two notes that a session is used: not every request writes.
NOTED = 60


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lasts, in seconds.

    Attributes:
        idle: Without a request.
        longest: In all.
    """

    idle: float
    longest: float


@dataclass(frozen=True, slots=True)
class Session:
    """A session that holds, with what its user may do now.

    Attributes:
        figures_only: Whether no words of customers are shown.
        is_due: Whether its use should be noted.
    """

    user_id: int
    name: str
    role: Role
    figures_only: bool
    is_due: bool


def begin_session(connection: Connection, token: str, user_id: int) -> None:
    """Begin a session, known by a token that is long and random."""
    connection.execute(
        insert(PageSession).values(
            token_hash=_hash(token), user_id=user_id, created_at=now(), used_at=now()
        )
    )


def find_session(connection: Connection, token: str, lifetime: Lifetime) -> Session | None:
    """The session of a token; None if it has ended, or there never was one."""
    idle = seconds_since(PageSession.used_at)
    found = connection.execute(
        select(PageUser.id, PageUser.name, PageUser.role, PageUser.figures_only, idle.label("idle"))
        .join(PageSession, PageSession.user_id == PageUser.id)
        .where(
            PageSession.token_hash == _hash(token),
            PageSession.used_at > after(-lifetime.idle),
            PageSession.created_at > after(-lifetime.longest),
        )
    ).one_or_none()
    if found is None:
        return None
    return Session(found.id, found.name, Role(found.role), found.figures_only, found.idle > NOTED)


def note_use(connection: Connection, token: str) -> None:
    """Note that a session is used, so that it is not idle."""
    used = update(PageSession).where(PageSession.token_hash == _hash(token))
    connection.execute(used.values(used_at=now()))


def end_session(connection: Connection, token: str) -> None:
    """End a session, if it is there."""
    connection.execute(delete(PageSession).where(PageSession.token_hash == _hash(token)))


def end_sessions_of(connection: Connection, user_id: int) -> None:
    """End all sessions of a user."""
    connection.execute(delete(PageSession).where(PageSession.user_id == user_id))


def drop_ended(connection: Connection, lifetime: Lifetime) -> None:
    """Delete the rows of sessions that hold no longer."""
    ended = or_(
        PageSession.used_at <= after(-lifetime.idle),
        PageSession.created_at <= after(-lifetime.longest),
    )
    connection.execute(delete(PageSession).where(ended))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
