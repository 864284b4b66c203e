"""IP addresses; versions of programs look like them, and stay."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from schema.redaction.found import Found, Kind

_V4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
_V6 = re.compile(r"(?<![\w:.])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}(?![\w:])", re.IGNORECASE)
#: Digits of an IPv6 address that a time of day does not have.
_GROUPS = 4
_VERSION = re.compile(
    r"(?:\bv|version|firmware|software|update|release|build|patch|ios|android|windows|driver|"
    r"treiber|versión|versione|wersja|versão|fw|sw|app)\W{0,3}(?:\w+\W{1,2})?$",
    re.IGNORECASE,
)


def find_ips(text: str) -> Iterator[Found]:
    """Where they are."""
    for one in (*_V4.finditer(text), *_V6.finditer(text)):
        try:
            ipaddress.ip_address(one[0])
        except ValueError:
            continue
        if ":" in one[0] and len([part for part in one[0].split(":") if part]) < _GROUPS:
            continue
        if not _VERSION.search(text[max(0, one.start() - 30) : one.start()]):
            yield Found(*one.span(), Kind.IP)
