"""Visitors: who is behind a request, by the cookie that a login gave to the browser."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response

from producer.serve.context import Serve
from schema.access.audit import Author
from schema.access.sessions import Session, find_session, note_use
from schema.database import reading, writing
from schema.tables import Role

#: The cookie of a login. Over TLS a browser takes the second only as it was set: for this host
#: alone, and never without TLS.
_COOKIE, _COOKIE_TLS = "triage", "__Host-triage"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A user who is logged in.

    Attributes:
        token: That the cookie has.
        address: Where the request came from.
    """

    session: Session
    token: str
    address: str

    @property
    def name(self) -> str:
        """Of the user."""
        return self.session.name

    @property
    def may_edit(self) -> bool:
        """Whether the user may correct labels and themes."""
        return self.session.role is Role.EDITOR

    @property
    def sees_texts(self) -> bool:
        """Whether the user may see words of customers."""
        return not self.session.figures_only

    @property
    def form_token(self) -> str:
        """What every form of this login has in it, and no other site can know."""
        return hmac.new(self.token.encode(), b"form", hashlib.sha256).hexdigest()

    @property
    def author(self) -> Author:
        """Who the audit says it was."""
        return Author(self.name, self.address)


def find_visitor(serve: Serve, request: Request) -> Visitor | None:
    """Who is behind a request; None for somebody who is not logged in, or no longer."""
    token = request.cookies.get(cookie_name(request), "")
    if not token:
        return None
    with reading(serve.reader) as connection:
        session = find_session(connection, token, serve.lifetime)
    if session is None:
        return None
    if session.is_due:
        _note_use(serve, token)
    return Visitor(session, token, client_address(request))


def _note_use(serve: Serve, token: str) -> None:
    try:
        with writing(serve.writer) as connection:
            note_use(connection, token)
    except SQLAlchemyError:
        # Whoever may only read can go on reading until the session is idle for too long.
        return


def client_address(request: Request) -> str:
    """Where a request came from."""
    return request.client.host if request.client else "unknown"


def cookie_name(request: Request, of_form: bool = False) -> str:
    """The name of the cookie of a login, or of the form of one."""
    name = _COOKIE_TLS if request.url.scheme == "https" else _COOKIE
    return f"{name}-form" if of_form else name


def set_cookie(request: Request, response: Response, token: str, of_form: bool = False) -> None:
    """Give the browser a token, for as long as it is open."""
    response.set_cookie(
        cookie_name(request, of_form),
        token,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        # A link from a mail leads to the page, but a form of another site sends no login.
        samesite="strict" if of_form else "lax",
    )


def drop_cookie(request: Request, response: Response) -> None:
    """Take the token of a login back."""
    response.delete_cookie(
        cookie_name(request),
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
