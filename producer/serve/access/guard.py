"""The guard: no page is drawn, and nothing is changed, before it is known who asks for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from producer.serve.access.forms import check_token, read_form
from producer.serve.access.visitor import Visitor, find_visitor
from producer.serve.context import Serve
from producer.serve.errors import RequestError

_EDITORS = "Only editors may change something; whoever runs the server can make you one."
_NO_TEXTS = "You see figures only, without texts; whoever runs the server can change that."


@dataclass(frozen=True, slots=True)
class Call:
    """A request of somebody who is logged in.

    Attributes:
        form: The fields of its form; none of a request that changes nothing.
    """

    serve: Serve
    request: Request
    visitor: Visitor
    form: dict[str, str] = field(default_factory=dict)


Handler = Callable[[Call], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def guarded(handler: Handler, *, shows_texts: bool = False, edits: bool = False) -> Endpoint:
    """A handler that only those reach who may.

    Args:
        handler: Runs in a thread.
        shows_texts: Whether it shows words of customers.
        edits: Whether it changes what others see.
    """

    async def endpoint(request: Request) -> Response:
        serve: Serve = request.app.state.serve
        visitor = await run_in_threadpool(find_visitor, serve, request)
        request.state.visitor = visitor
        if visitor is None:
            return _to_login(request)
        form: dict[str, str] = {}
        if request.method == "POST":
            form = await read_form(request)
            check_token(form, visitor.form_token)
        if edits and not visitor.may_edit:
            raise RequestError(403, _EDITORS)
        if shows_texts and not visitor.sees_texts:
            raise RequestError(403, _NO_TEXTS)
        return await run_in_threadpool(handler, Call(serve, request, visitor, form))

    return endpoint


def _to_login(request: Request) -> Response:
    if request.method == "POST":
        raise RequestError(403, "You are not logged in any more, and nothing was changed.")
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/login?next={quote(asked, safe='')}", 303)
