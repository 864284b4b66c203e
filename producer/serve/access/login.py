"""Logging in and out."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from producer.serve.access.forms import check_token, own_address, read_form
from producer.serve.access.guard import Call
from producer.serve.access.passwords import hash_password, is_outdated, is_right
from producer.serve.access.visitor import (
    client_address,
    cookie_name,
    drop_cookie,
    find_visitor,
    set_cookie,
)
from producer.serve.context import Serve
from producer.serve.drawing import draw
from producer.serve.errors import RequestError
from schema.access.attempts import WINDOW, begin_attempt, take_back
from schema.access.audit import Action, Author, record
from schema.access.sessions import begin_session, drop_ended, end_session
from schema.access.users import User, UserError, find_user, keep_hash, read_name
from schema.database import reading, writing

#: Bytes of randomness in a token.
_TOKEN_BYTES = 32
_WRONG = "The name or the password is wrong."


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What was typed, and where."""

    name: str
    password: str
    address: str


async def show_login(request: Request) -> Response:
    """Show the form; who is logged in already goes on."""
    serve: Serve = request.app.state.serve
    if await run_in_threadpool(find_visitor, serve, request) is not None:
        return RedirectResponse(_target(request.query_params.get("next", "")), 303)
    return _draw_form(request, request.query_params.get("next", ""), "", 200)


async def log_in(request: Request) -> Response:
    """Take what was typed."""
    serve: Serve = request.app.state.serve
    form = await read_form(request)
    check_token(form, request.cookies.get(cookie_name(request, of_form=True), ""))
    given = form.get("name", "").strip().lower()
    attempt = _Attempt(given, form.get("password", ""), client_address(request))
    token = await run_in_threadpool(_try, serve, attempt)
    if token is None:
        return _draw_form(request, form.get("next", ""), _WRONG, 401)
    response = RedirectResponse(_target(form.get("next", "")), 303)
    set_cookie(request, response, token)
    return response


def log_out(call: Call) -> Response:
    """End the login, here and in the database."""
    with writing(call.serve.writer) as connection:
        end_session(connection, call.visitor.token)
        record(connection, call.visitor.author, Action.LOG_OUT)
    response = RedirectResponse("/login", 303)
    drop_cookie(call.request, response)
    return response


def _draw_form(request: Request, target: str, wrong: str, status: int) -> Response:
    token = request.cookies.get(cookie_name(request, of_form=True)) or secrets.token_urlsafe(
        _TOKEN_BYTES
    )
    shown = {"token": token, "next": _target(target), "wrong": wrong}
    response = draw(request, "login.html", shown, status)
    set_cookie(request, response, token, of_form=True)
    return response


def _target(asked: str) -> str:
    """Where to go on, which is not the login again."""
    return own_address("" if asked.startswith("/login") else asked, "/")


def _try(serve: Serve, attempt: _Attempt) -> str | None:
    """The token of a new session; None if the name or the password is wrong.

    Raises:
        RequestError: If there were too many attempts.
    """
    number = begin_attempt(serve.writer, attempt.name, attempt.address)
    if number is None:
        minutes = WINDOW // 60
        raise RequestError(
            429,
            f"Too many attempts to log in have failed; wait {minutes} minutes, then try again.",
            {"Retry-After": str(WINDOW)},
        )
    user = _user_of(serve, attempt.name)
    with serve.hashing:
        right = is_right(user.password_hash if user else None, attempt.password)
    if user is None or not right:
        # A name that there is not may be a password in the wrong field: it is not kept.
        author = Author(user.name if user else None, attempt.address)
        with writing(serve.writer) as connection:
            record(connection, author, Action.FAIL_TO_LOG_IN)
        return None
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with writing(serve.writer) as connection:
        if find_user(connection, user.name) != user:
            # Removed or changed in this moment: then a login of before must not begin.
            return None
        drop_ended(connection, serve.lifetime)
        begin_session(connection, token, user.id)
        record(connection, Author(user.name, attempt.address), Action.LOG_IN)
        if is_outdated(user.password_hash):
            keep_hash(connection, user, hash_password(attempt.password))
    take_back(serve.writer, number)
    return token


def _user_of(serve: Serve, given: str) -> User | None:
    try:
        name = read_name(given)
    except UserError:
        return None
    with reading(serve.reader) as connection:
        return find_user(connection, name)
