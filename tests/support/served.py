"""The served page as tests use it: people who are logged in, and what they are shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from sqlalchemy import Engine
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from producer.serve.access.passwords import hash_password
from producer.serve.app import make_app
from producer.serve.context import Serve, open_serve
from schema.access.users import add_user
from schema.database import writing
from schema.settings import Settings
from schema.tables import Role
from tests.support.pages import Document

PASSWORD = "correct horse battery"
#: By name the role, and whether the user sees figures only.
PEOPLE = {
    "ann": (Role.EDITOR, False),
    "vic": (Role.VIEWER, False),
    "fig": (Role.VIEWER, True),
    "edfig": (Role.EDITOR, True),
}
#: Seconds that a request waits for facts: longer than it takes to read them.
WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a request."""

    status: int
    text: str
    headers: dict[str, str]

    @property
    def document(self) -> Document:
        """What a browser takes it for."""
        return Document(self.text)

    @property
    def said(self) -> str:
        """Its text without elements."""
        body = self.text.partition("<main")[2]
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())

    @property
    def goes_to(self) -> str:
        """Where it leads."""
        return self.headers.get("location", "")


class Person:
    """Somebody with a browser, logged in or not."""

    def __init__(self, app: ASGIApp, address: str = "192.0.2.1") -> None:
        self.client = TestClient(app, follow_redirects=False, client=(address, 50_000))

    def log_in(self, name: str, password: str = PASSWORD, **fields: str) -> Answer:
        """Type a name and a password."""
        form = self.get("/login").document.all("input", name="token")
        token = {"token": form[0].attributes["value"]} if form else {}
        return self._post("/login", {"name": name, "password": password} | token | fields)

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for a page."""
        answer = self.client.get(path, headers=headers)
        return Answer(answer.status_code, answer.text, dict(answer.headers))

    def token(self) -> str:
        """What forms of this person have."""
        return self.get("/themes").document.all("input", name="token")[0].attributes["value"]

    def send(self, path: str, **fields: str) -> Answer:
        """Send a form as our pages have it."""
        return self._post(path, fields | {"token": self.token()})

    def send_without_token(self, path: str, headers: dict[str, str], **fields: str) -> Answer:
        """Send a form that somebody has made by hand."""
        return self._post(path, fields, headers)

    def _post(
        self, path: str, fields: dict[str, str], headers: dict[str, str] | None = None
    ) -> Answer:
        answer = self.client.post(path, data=fields, headers=headers or {})
        return Answer(answer.status_code, answer.text, dict(answer.headers))


@dataclass(frozen=True, slots=True)
class Served:
    """A served database."""

    serve: Serve
    app: ASGIApp
    engine: Engine

    def person(self, name: str) -> Person:
        """Somebody who is logged in."""
        made = Person(self.app)
        assert made.log_in(name).status == 303
        return made


def add_people(engine: Engine) -> None:
    """Let `PEOPLE` in."""
    password_hash = hash_password(PASSWORD)
    with writing(engine) as connection:
        for name, (role, figures_only) in PEOPLE.items():
            add_user(connection, name, password_hash, role, figures_only)


def served(engine: Engine, home: Path) -> Iterator[Served]:
    """The application over a database with the people in it."""
    add_people(engine)
    url = engine.url.render_as_string(hide_password=False)
    config = Settings(database_url=url, home=home)  # type: ignore[arg-type]
    serve = open_serve(config, wait=WAIT)
    yield Served(serve, make_app(serve), engine)
    serve.reader.dispose()
    serve.writer.dispose()
