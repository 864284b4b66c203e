"""Forms that browsers send: read within bounds, and taken from our own pages alone."""

from __future__ import annotations

import hmac

from starlette.datastructures import FormData
from starlette.requests import Request

from producer.serve.errors import RequestError

#: Fields of a form, at the most.
_FIELDS = 20
#: The field that has the token.
TOKEN = "token"


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form; files in it are left out.

    Raises:
        RequestError: If another site has sent it.
    """
    # Browsers say where a form is from; who says nothing has to know the token all the same.
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise RequestError(403, "This form came from another site, and nothing was changed.")
    form: FormData = await request.form(max_files=0, max_fields=_FIELDS)
    return {name: value for name, value in form.items() if isinstance(value, str)}


def check_token(form: dict[str, str], expected: str) -> None:
    """Make sure that a form is of a page that we gave to this browser.

    Raises:
        RequestError: If it is not.
    """
    if not expected or not hmac.compare_digest(form.get(TOKEN, "").encode(), expected.encode()):
        raise RequestError(
            403, "This form is too old, and nothing was changed; load its page again, then send it."
        )


def own_address(asked: str, otherwise: str) -> str:
    """An address of this server, whatever somebody has put into a link or a form.

    >>> own_address("//example.org/", "/")
    '/'
    """
    is_ours = asked.startswith("/") and not asked.startswith(("//", "/\\"))
    return asked if is_ours and asked.isascii() and asked.isprintable() else otherwise
