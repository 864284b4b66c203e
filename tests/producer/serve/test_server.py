"""The server's process: it starts, says where, ends when it is told to, and logs no words."""

from __future__ import annotations

import http.client
import signal
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from producer.errors import UsageError
from producer.serve.context import open_reader
from producer.serve.server import listen
from schema.database import open_engine
from tests.support.served import PASSWORD, add_people
from tests.support.served_process import PATIENCE, ServedProcess, served_process
from tests.support.shop import Shop

pytestmark = pytest.mark.slow


@pytest.fixture
def database(shop_file: tuple[Path, Shop], tmp_path: Path) -> str:
    copy = tmp_path / "served.db"
    copy.write_bytes(shop_file[0].read_bytes())
    url = f"sqlite:///{copy}"
    engine = open_engine(url)
    add_people(engine)
    engine.dispose()
    return url


def ask(server: ServedProcess, path: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=PATIENCE)
    connection.request("GET", path)
    return connection.getresponse()


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [(signal.SIGTERM, 0, "the server has ended"), (signal.SIGINT, 130, "interrupted")],
)
def test_it_listens_and_ends_at_once_when_it_is_told_to(
    database: str, tmp_path: Path, number: int, code: int, said: str
) -> None:
    with served_process(database, tmp_path) as server:
        assert server.address.startswith("http://127.0.0.1:")
        answer = ask(server, "/healthz")
        assert answer.status == 200 and answer.read() == b"ok\n"
        # A browser that stays connected holds nothing up.
        held = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=PATIENCE)
        held.request("GET", "/login")
        held.getresponse().read()
        server.process.send_signal(number)
        assert server.process.wait(PATIENCE) == code
        lines = server.log.read_text("utf-8").splitlines()
    assert lines[-1] == said and len(lines) == 2


def test_no_address_and_no_word_is_in_its_log(database: str, tmp_path: Path) -> None:
    with served_process(database, tmp_path) as server:
        for path in ("/search?q=secret", "/texts?since=secret", "/nothing/secret", "/login"):
            assert ask(server, path).status in (200, 303, 404)
        server.process.terminate()
        server.process.wait(PATIENCE)
        said = server.log.read_text("utf-8")
    assert "secret" not in said and PASSWORD not in said and "Traceback" not in said


def test_only_a_trusted_proxy_says_who_asks_and_that_there_is_tls(
    database: str, tmp_path: Path
) -> None:
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
    for proxies, is_tls in ((None, False), ("192.0.2.1", False), ("127.0.0.1", True)):
        settings = {} if proxies is None else {"serve_proxies": proxies}
        with served_process(database, tmp_path, **settings) as server:
            place = urlsplit(server.address).netloc
            connection = http.client.HTTPConnection(place, timeout=PATIENCE)
            connection.request("GET", "/login", headers=headers)
            answer = connection.getresponse()
            cookie = answer.headers["set-cookie"]
            assert ("Secure" in cookie) == cookie.startswith("__Host-") == is_tls
            assert (answer.headers["strict-transport-security"] is not None) == is_tls


def test_what_reads_cannot_write(database_url: str) -> None:
    engine = open_reader(database_url)
    with pytest.raises(SQLAlchemyError), engine.begin() as connection:
        connection.execute(text("CREATE TABLE mine (id INTEGER)"))
    engine.dispose()


def test_a_port_that_is_taken_is_said_so() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"cannot listen on 127.0.0.1, port {port}"):
            listen("127.0.0.1", port)


def test_many_requests_at_once_are_all_answered(database: str, tmp_path: Path) -> None:
    with served_process(database, tmp_path) as server:
        place = urlsplit(server.address).netloc
        many = [http.client.HTTPConnection(place, timeout=PATIENCE) for _ in range(60)]
        for one in many:
            # A cookie of nobody: each is looked up in the database.
            one.request("GET", "/themes", headers={"Cookie": "triage=nobody"})
        assert {one.getresponse().status for one in many} == {303}
