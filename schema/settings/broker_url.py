"""The broker's URL, parsed: where Redis is, and how its certificate is checked.

Kombu takes a `rediss://` without options for one whose certificate need not be checked, and puts
what it cannot read into its error, which can be the password; so the URL is read here first.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from schema.settings.sentinel_url import parse_sentinel_url

#: Options that a `rediss://` URL may have, under redis-py's names.
TLS_OPTIONS = (
    *("ssl_ca_certs", "ssl_ca_path", "ssl_cert_reqs", "ssl_check_hostname"),
    *("ssl_certfile", "ssl_keyfile", "ssl_password"),
)
CERTIFICATE = {
    "required": ssl.CERT_REQUIRED,
    "optional": ssl.CERT_OPTIONAL,
    "none": ssl.CERT_NONE,
}
BOOLEAN = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class BrokerUrl:
    """A URL that kombu and Flower can read.

    Attributes:
        url: The URL without its options. It may have a password: never print it.
        tls: The options of redis-py for Celery's `broker_use_ssl`; None without TLS.
        transport_options: Further options of kombu's transport: how Sentinels are asked.
    """

    url: str
    tls: dict[str, object] | None
    transport_options: dict[str, object] = field(default_factory=dict)


def parse_broker_url(url: str) -> BrokerUrl:
    """Parse `redis://[user:password@]host[:port][/number]`, `rediss://…[?ssl_…=…]`, or
    `sentinel://…` (`schema.settings.sentinel_url`).

    Raises:
        ValueError: If it is none. The text quotes nothing: anything may be part of a password.
    """
    if url.startswith("sentinel://"):
        return BrokerUrl(*parse_sentinel_url(url))
    if not url.startswith(("redis://", "rediss://")):
        raise ValueError("must begin with redis://, rediss:// or sentinel://")
    try:
        parts = urlsplit(url)
        readable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        readable = False
    # Kombu would take what follows a semicolon for a second server.
    if not readable or parts.fragment or ";" in url or not _is_number(parts.path):
        raise ValueError(
            "is no redis://[user:password@]host[:port][/number]; write special characters in the "
            "user and the password as %XX"
        )
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    plain = parts._replace(query="").geturl()
    if parts.scheme == "rediss":
        return BrokerUrl(plain, _tls(options))
    if options:
        raise ValueError("has options after a question mark, which only rediss:// can have")
    return BrokerUrl(plain, None)


def _is_number(path: str) -> bool:
    number = path.removeprefix("/")
    return not number or (number.isascii() and number.isdigit())


def _tls(options: dict[str, str]) -> dict[str, object]:
    if not options.keys() <= set(TLS_OPTIONS):
        raise ValueError(f"has an unknown option; there are {', '.join(TLS_OPTIONS)}")
    tls: dict[str, object] = {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_check_hostname": True}
    tls.update(options)
    known: tuple[tuple[str, dict[str, object]], ...] = (
        ("ssl_cert_reqs", dict(CERTIFICATE)),
        ("ssl_check_hostname", dict(BOOLEAN)),
    )
    for name, values in known:
        if name in options:
            if options[name].lower() not in values:
                raise ValueError(f"has an unknown {name}; there are {', '.join(values)}")
            tls[name] = values[options[name].lower()]
    return tls
