"""The page behind the proxy of docs/serve.md: a real nginx with that configuration."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import Engine, text

from tests.support.served import PASSWORD, add_people
from tests.support.served_process import served_process
from tests.support.servers.tls import make_authority
from tests.support.waiting import wait_until

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
PAGE = Path(__file__).parents[3] / "docs" / "serve.md"
#: Another address of this machine than the proxy's, as a person's would be.
PERSON, ANOTHER = "127.0.0.7", "127.0.0.8"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed"),
]
Client = Callable[[str], httpx2.Client]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def nginx(folder: Path, page: str) -> Iterator[tuple[int, int]]:
    """Run it as the page says; yields the ports of http and https."""
    (said,) = re.findall(r"^```\n(log_format.*?)^```$", PAGE.read_text("utf-8"), re.S | re.M)
    plain, secure = free_port(), free_port()
    for there, here in {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl;": f"listen 127.0.0.1:{secure} ssl;",
        "/etc/ssl": str(folder),
        "/var/log/nginx": str(folder),
        "http://127.0.0.1:8642": page,
    }.items():
        assert there in said, there
        said = said.replace(there, here)
    temporary = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"{name}_temp_path {folder}/{name};\n" for name in temporary)
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/own.log; events {{}}\n"
        f"http {{\n{paths}{said}}}\n"
    )
    command = [str(NGINX), "-p", str(folder), "-c", str(config)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: process.poll() is not None or answers(secure), 30)
            assert process.poll() is None, (folder / "own.log").read_text()
            yield plain, secure
        finally:
            process.terminate()


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def behind(sqlite_engine: Engine, tmp_path: Path) -> Iterator[tuple[Client, int]]:
    """Clients at an address each, and the port of http."""
    add_people(sqlite_engine)
    authority = make_authority(tmp_path / "authority.pem")
    shown = authority.authority.issue_cert("localhost")
    shown.private_key_pem.write_to_path(str(tmp_path / "feedback.key"))
    for one in shown.cert_chain_pems:
        one.write_to_path(str(tmp_path / "feedback.pem"), append=True)
    url = str(sqlite_engine.url)
    with (
        served_process(url, tmp_path, serve_proxies="127.0.0.1") as server,
        nginx(tmp_path, server.address) as (plain, secure),
    ):

        def client(address: str) -> httpx2.Client:
            trusted = ssl.create_default_context(cafile=str(authority.file))
            transport = httpx2.HTTPTransport(verify=trusted, local_address=address)
            return httpx2.Client(transport=transport, base_url=f"https://localhost:{secure}")

        yield client, plain


def log_in(client: httpx2.Client, password: str) -> httpx2.Response:
    """Log in as a person who says that the address is another."""
    form = client.get("/login").text
    (token,) = re.findall(r'name="token" value="([^"]+)"', form)
    return client.post(
        "/login",
        data={"name": "ann", "password": password, "token": token, "next": "/"},
        headers={"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "http"},
    )


def test_logins_are_of_https_alone_and_of_the_address_that_the_proxy_saw(
    behind: tuple[Client, int], sqlite_engine: Engine
) -> None:
    client, plain = behind
    answer = log_in(client(PERSON), PASSWORD)
    assert answer.status_code == 303 and answer.headers["location"] == "/"
    assert re.match(r"__Host-triage=.*; Secure", answer.headers["set-cookie"])
    assert "strict-transport-security" in answer.headers
    with sqlite_engine.connect() as connection:
        found = connection.execute(text("SELECT address FROM audit_entries")).scalars().all()
    assert found == [PERSON]
    moved = httpx2.get(f"http://127.0.0.1:{plain}/texts?week=1", headers={"Host": "localhost"})
    assert moved.status_code == 301
    assert moved.headers["location"] == "https://localhost/texts?week=1"


def test_who_guesses_is_stopped_and_nobody_else(behind: tuple[Client, int]) -> None:
    client, _ = behind
    codes = [log_in(client(PERSON), "wrong").status_code for _ in range(6)]
    assert codes == [401] * 5 + [429]
    assert log_in(client(ANOTHER), PASSWORD).status_code == 303


def test_words_of_searches_are_in_no_log_of_the_proxy(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    """Neither where the page answers nor where it is away."""
    authority = make_authority(tmp_path / "authority.pem")
    shown = authority.authority.issue_cert("localhost")
    shown.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "feedback.pem"))
    shown.private_key_pem.write_to_path(str(tmp_path / "feedback.key"))
    with nginx(tmp_path, f"http://127.0.0.1:{free_port()}") as (plain, secure):
        trusted = ssl.create_default_context(cafile=str(authority.file))
        away = httpx2.get(f"https://localhost:{secure}/search?q=broken+zip", verify=trusted)
        assert away.status_code == 502
        httpx2.get(f"http://127.0.0.1:{plain}/search?q=broken+zip")
    logged = "".join(path.read_text("utf-8") for path in tmp_path.glob("*.log"))
    assert "/search 502" in logged and "broken" not in logged
