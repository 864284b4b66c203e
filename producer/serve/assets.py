"""Scripts and style sheets: served under addresses that change when they do, and kept for ever."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources

from starlette.requests import Request
from starlette.responses import Response

from producer.serve.errors import RequestError

#: By name the package that has it, and what it is.
_KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
_ASSETS = {
    "page.css": "producer.page",
    "page.js": "producer.page",
    "texts.js": "producer.page",
    "echarts.common.min.js": "producer.page",
    "serve.css": "producer.serve",
    "serve.js": "producer.serve",
    "shade.js": "producer.serve",
}


def asset_url(name: str) -> str:
    """The address of an asset."""
    return f"/static/{name}?v={hashlib.sha256(_read(name)).hexdigest()[:12]}"


async def asset(request: Request) -> Response:
    """Answer with an asset; it needs no login, and has nothing of anybody in it."""
    name = request.path_params["name"]
    if name not in _ASSETS:
        raise RequestError(404, "There is nothing at this address.")
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(_read(name), media_type=_KINDS[name.rpartition(".")[2]], headers=headers)


@cache
def _read(name: str) -> bytes:
    return resources.files(_ASSETS[name]).joinpath("static", name).read_bytes()
