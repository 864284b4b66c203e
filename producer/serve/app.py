"""The application: which address shows what, and who may see it."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from producer.serve.access.guard import guarded
from producer.serve.access.login import log_in, log_out, show_login
from producer.serve.assets import asset
from producer.serve.context import Serve
from producer.serve.drawing import draw_error
from producer.serve.errors import RequestError, as_request_error
from producer.serve.middleware import Safeguards
from producer.serve.pages.document import document, relabel
from producer.serve.pages.front import front
from producer.serve.pages.search import search
from producer.serve.pages.texts import texts
from producer.serve.pages.themes import edit_theme, theme, themes

_GET, _POST = ["GET"], ["POST"]
_SENTENCES = {
    404: "There is nothing at this address; the page is at /.",
    405: "This address takes no such request; go back, and try from there.",
}


def make_app(serve: Serve) -> ASGIApp:
    """The application of a server.

    Args:
        serve: What the server has.
    """
    number = "{number:int}"
    app = Starlette(
        routes=[
            Route("/", guarded(front), methods=_GET),
            Route("/texts", guarded(texts, shows_texts=True), methods=_GET),
            Route("/search", guarded(search, shows_texts=True), methods=_GET),
            Route(f"/documents/{number}", guarded(document, shows_texts=True), methods=_GET),
            Route(
                f"/documents/{number}",
                guarded(relabel, shows_texts=True, edits=True),
                methods=_POST,
            ),
            Route("/themes", guarded(themes), methods=_GET),
            Route(f"/themes/{number}", guarded(theme, edits=True), methods=_GET),
            Route(f"/themes/{number}", guarded(edit_theme, edits=True), methods=_POST),
            Route("/login", show_login, methods=_GET),
            Route("/login", log_in, methods=_POST),
            Route("/logout", guarded(log_out), methods=_POST),
            Route("/static/{name}", asset, methods=_GET),
            Route("/healthz", healthy, methods=_GET),
        ],
        exception_handlers={HTTPException: _refused, Exception: _failed},
    )
    app.state.serve = serve
    return Safeguards(app)


async def healthy(request: Request) -> Response:
    """Say that the server answers; nothing of anybody is in it."""
    return PlainTextResponse("ok\n")


async def _refused(request: Request, error: Exception) -> Response:
    """What Starlette itself refuses: an address or a method that is not there, a bad form."""
    status = error.status_code if isinstance(error, HTTPException) else 400
    sentence = _SENTENCES.get(status, "That request cannot be understood; go back, and try again.")
    return draw_error(request, RequestError(status, sentence))


async def _failed(request: Request, error: Exception) -> Response:
    """What a page of ours ends with."""
    return draw_error(request, as_request_error(error))
