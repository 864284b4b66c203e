"""Drawing pages: the templates of the page, and those that only the server has."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse

from producer.page.drawing.document import make_environment
from producer.serve.assets import asset_url
from producer.serve.errors import RequestError


def draw(
    request: Request,
    template: str,
    values: dict[str, Any],
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> HTMLResponse:
    """A page.

    Args:
        request: That it answers; its `state.visitor` is whoever looks at it, or None.
        template: The name of its file.
        values: What it shows.
        status: Of the answer.
        headers: Of the answer.
    """
    visitor = getattr(request.state, "visitor", None)
    shown: dict[str, Any] = {"visitor": visitor, "path": request.url.path, "filters": None}
    shown |= values
    return HTMLResponse(_environment().get_template(template).render(shown), status, headers)


def draw_error(request: Request, error: RequestError) -> HTMLResponse:
    """The page of an error."""
    shown = {"title": error.title, "sentence": error.sentence}
    return draw(request, "notice.html", shown, error.status, error.headers)


@cache
def _environment() -> Environment:
    made = make_environment(
        ChoiceLoader([PackageLoader("producer.serve"), PackageLoader("producer.page")])
    )
    made.globals["asset"] = asset_url
    return made
