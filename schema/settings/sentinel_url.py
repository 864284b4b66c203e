"""The URL of a Redis that Sentinels watch: they are asked which server is the primary.

    sentinel://[user:password@]host[:port][,host[:port]…][/number]?master_name=NAME

User and password are those of Redis; `sentinel_user` and `sentinel_password` those of the
Sentinels, which have none by default. Celery's way, `sentinel://host;sentinel://host`, is the same.
Without TLS.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, parse_qsl, urlsplit

SCHEME = "sentinel://"
#: Of a Sentinel.
PORT = 26379
OPTIONS = ("master_name", "sentinel_user", "sentinel_password")
#: Seconds that a Sentinel gets to answer before the next one is asked: its host may be gone.
TIMEOUT = 3.0
_SEPARATOR = re.compile(r"[,;](?:sentinel://)?")


def parse_sentinel_url(url: str) -> tuple[str, None, dict[str, object]]:
    """Parse a URL with `sentinel://`.

    Returns:
        The URL as kombu wants it, which may have a password; None for TLS; kombu's options.

    Raises:
        ValueError: If it is none. The text quotes nothing: anything may be part of a password.
    """
    body, _, query = url.removeprefix(SCHEME).partition("?")
    parts = [_split(part) for part in _SEPARATOR.split(body)]
    if not all(parts):
        raise ValueError(
            "is no sentinel://[user:password@]host:port,host:port/number?master_name=NAME; write "
            "special characters in the user and the password as %XX"
        )
    found = [part for part in parts if part]
    login = _only(part.netloc.rpartition("@")[0] for part in found)
    number = _only(part.path.removeprefix("/") for part in found)
    # Kombu goes on to the next when one does not answer, and forgets the rest of the URL then.
    begin = f"{SCHEME}{login}@" if login else SCHEME
    hosts = [f"{begin}{_host(one)}:{one.port or PORT}/{number or 0}" for one in found]
    return ";".join(hosts), None, _options(query)


def sentinels_of(url: str) -> list[tuple[str, int]]:
    """Host and port of each Sentinel in a URL that `parse_sentinel_url` gave."""
    parts = map(urlsplit, url.split(";"))
    return [(str(part.hostname), part.port or PORT) for part in parts]


def _split(part: str) -> SplitResult | None:
    try:
        split = urlsplit(SCHEME + part)
        number = split.path.removeprefix("/")
        # To read the port is to check it.
        usable = bool(split.hostname) and split.port != 0 and not split.fragment
    except ValueError:
        return None
    return split if usable and (not number or (number.isascii() and number.isdigit())) else None


def _host(split: SplitResult) -> str:
    """An address of IPv6 stands in brackets, which `hostname` takes off."""
    return f"[{split.hostname}]" if ":" in str(split.hostname) else str(split.hostname)


def _only(values: Iterable[str]) -> str:
    found = {value for value in values if value}
    if len(found) > 1:
        raise ValueError("has different passwords or numbers; all Sentinels watch the same Redis")
    return found.pop() if found else ""


def _options(query: str) -> dict[str, object]:
    options = dict(parse_qsl(query, keep_blank_values=True))
    if not options.keys() <= set(OPTIONS):
        raise ValueError(f"has an unknown option; there are {', '.join(OPTIONS)}")
    if not options.get("master_name"):
        raise ValueError("needs the name that the Sentinels know the Redis by: …?master_name=NAME")
    asking: dict[str, object] = {"socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT}
    for name, argument in (("sentinel_user", "username"), ("sentinel_password", "password")):
        if options.get(name):
            asking[argument] = options[name]
    return {"master_name": options["master_name"], "sentinel_kwargs": asking}
