"""What every answer has, and no request may exceed: headers, a bound, an end in plain words."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from producer.serve.drawing import draw_error
from producer.serve.errors import RequestError, as_request_error

#: Bytes that the body of a request may have; forms of ours have a few hundred.
MOST_BYTES = 64 * 1024
#: What a browser may do with our pages: run our scripts and styles, send our forms, nothing else.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src data:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow",
}


class Safeguards:
    """Stands before the application, whatever it does.

    Args:
        app: The application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                _add_headers(MutableHeaders(scope=message), scope["scheme"] == "https")
            await send(message)

        try:
            await self._app(scope, _bounded(receive), send_with_headers)
        except Exception as error:
            # Starlette raises what it has answered already.
            if not begun:
                answer = draw_error(Request(scope), as_request_error(error))
                await answer(scope, receive, send_with_headers)


def _add_headers(headers: MutableHeaders, is_tls: bool) -> None:
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    # Pages are of whoever is logged in: nothing in between may keep them.
    headers.setdefault("Cache-Control", "no-store")
    if is_tls:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")


def _bounded(receive: Receive) -> Receive:
    """The same, until the body is too long."""
    read = 0

    async def bounded() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > MOST_BYTES:
            raise RequestError(413, "This form is too long; shorten what is in it.")
        return message

    return bounded
