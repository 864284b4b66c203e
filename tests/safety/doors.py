"""Doors of a server: ports with TLS and certificates good and bad, and URLs through them."""

from __future__ import annotations

import ssl
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tests.support.servers.tls import Authority, make_authority, tls_before

#: With all that has to be escaped in a URL, or looks like something else in one.
SECRET = "s3cr3t"
PASSWORD = f"{SECRET}/wört:@;#?%{SECRET}"
USER = "tls_user"
LOGIN = f"{quote(USER)}:{quote(PASSWORD, safe='')}"


@dataclass(frozen=True)
class Doors:
    """Ports of the same server, with different certificates."""

    authority: Authority
    good: int
    expired: int
    elsewhere: int
    plain: int

    def redis(self, port: int, login: str = LOGIN, options: str | None = None) -> str:
        options = f"?ssl_ca_certs={quote(str(self.authority.file))}" if options is None else options
        return f"rediss://{login}@localhost:{port}/0{options}"

    def postgres(self, port: int, name: str, login: str = LOGIN, ca: Path | None = None) -> str:
        file = quote(str(ca or self.authority.file))
        return (
            f"postgresql://{login}@localhost:{port}/{name}?sslmode=verify-full&sslrootcert={file}"
        )


def open_doors(folder: Path, port: int, stack: ExitStack, postgres: bool = False) -> Doors:
    authority = make_authority(folder / f"authority of {port}.pem")
    contexts: list[ssl.SSLContext] = [
        authority.context(),
        authority.context(expired=True),
        authority.context("elsewhere.example"),
    ]
    good, expired, elsewhere = (
        stack.enter_context(tls_before(port, one, postgres)) for one in contexts
    )
    return Doors(authority, good, expired, elsewhere, plain=port)
