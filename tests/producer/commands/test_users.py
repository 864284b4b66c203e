"""`triage users`, `triage audit` and `triage serve` at the console."""

from __future__ import annotations

import io
import json
import sys

import pytest
from sqlalchemy import Engine, select

from producer.serve.access.passwords import is_right
from schema.database import reading
from schema.tables import PageUser
from tests.support.console import Ended, Triage

PASSWORD = "correct horse battery"


@pytest.fixture
def typed(triage: Triage, monkeypatch: pytest.MonkeyPatch) -> Triage:
    """The console with a password on standard input, once for each command."""

    class Typed(Triage):
        password = PASSWORD

        def __call__(self, *arguments: str) -> Ended:
            monkeypatch.setattr(sys, "stdin", io.StringIO(f"{self.password}\n"))
            return triage(*arguments)

    return Typed.__new__(Typed)


def rows(engine: Engine) -> dict[str, tuple[str, bool]]:
    with reading(engine) as connection:
        found = connection.execute(select(PageUser.__table__).order_by(PageUser.name))
        return {row.name: (row.role, row.figures_only) for row in found}


def test_users_are_added_changed_listed_and_removed(typed: Triage, engine: Engine) -> None:
    assert "nobody can log in yet" in typed("users").out
    said = typed("users", "add", "Ann@Example.org", "--role", "editor").out
    assert said == "ann@example.org can log in as editor, and sees texts, too\n"
    typed("users", "add", "vic", "--role", "viewer", "--figures-only")
    assert rows(engine) == {"ann@example.org": ("editor", False), "vic": ("viewer", True)}
    listed = typed("users", "list").out
    assert "ann@example.org" in listed and "figures only" in listed
    assert typed("users", "change", "vic", "--texts").code == 0
    assert typed("users", "change", "vic", "--role", "editor").code == 0
    assert rows(engine)["vic"] == ("editor", False)
    typed("users", "remove", "vic")
    assert list(rows(engine)) == ["ann@example.org"]


def test_a_password_is_hashed_and_never_shown(typed: Triage, sqlite_engine: Engine) -> None:
    said = typed("users", "add", "ann", "--role", "viewer")
    with reading(sqlite_engine) as connection:
        kept = connection.execute(select(PageUser.password_hash)).scalar_one()
    assert kept.startswith("$argon2id$") and is_right(kept, PASSWORD)
    assert not is_right(kept, PASSWORD + "x") and not is_right(None, PASSWORD)
    assert PASSWORD not in said.out + said.err + typed("users").out + typed("audit", "--json").out
    typed.password = "another horse battery"  # type: ignore[attr-defined]
    assert typed("users", "password", "ann").code == 0
    with reading(sqlite_engine) as connection:
        changed = connection.execute(select(PageUser.password_hash)).scalar_one()
    assert is_right(changed, "another horse battery") and not is_right(changed, PASSWORD)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "ann"), "say what the user may do: --role viewer"),
        (("add",), "say it so: triage users add NAME"),
        (("promote", "ann"), "say it so: triage users add NAME"),
        (("add", "an n", "--role", "viewer"), "a user's name has letters"),
        (("change", "nobody", "--texts"), "there is no user nobody"),
        (("change", "ann"), "say what to change"),
        (("remove", "nobody"), "there is no user nobody"),
        (("password", "nobody"), "there is no user nobody"),
        (("remove", "ann", "--texts"), "takes a name alone"),
        (("--figures-only",), "are of a user"),
    ],
)
def test_what_cannot_be_done_is_said(
    typed: Triage, sqlite_engine: Engine, words: tuple[str, ...], said: str
) -> None:
    ended = typed("users", *words)
    assert ended.code == 2 and said in ended.err


def test_nobody_is_added_twice_or_with_a_short_password(
    typed: Triage, sqlite_engine: Engine
) -> None:
    typed("users", "add", "ann", "--role", "viewer")
    ended = typed("users", "add", "ANN", "--role", "editor")
    assert ended.code == 2 and "triage users change ann" in ended.err
    typed.password = "short"  # type: ignore[attr-defined]
    ended = typed("users", "add", "vic", "--role", "viewer")
    assert ended.code == 2 and "has 12 to 1,000 characters, this one 5" in ended.err
    assert list(rows(sqlite_engine)) == ["ann"]


def test_the_audit_says_who_did_what(typed: Triage, engine: Engine) -> None:
    assert "nobody has logged in yet" in typed("audit").out
    typed("users", "add", "ann", "--role", "viewer")
    typed("users", "remove", "ann")
    newest, oldest = json.loads(typed("audit", "--json").out)
    assert (newest["action"], newest["detail"]) == ("remove user", {"user": "ann"})
    assert oldest["detail"] == {"user": "ann", "role": "viewer", "figures_only": False}
    assert oldest["who"].endswith("(console)") and oldest["address"] is None
    assert len(json.loads(typed("audit", "--json", "--limit", "1").out)) == 1
    assert "remove user" in typed("audit").out


@pytest.mark.parametrize("command", [("serve",), ("users", "add", "ann", "--role", "viewer")])
def test_without_the_extra_it_says_what_to_install(
    typed: Triage,
    sqlite_engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
) -> None:
    monkeypatch.setattr("producer.nodes.requirements.util.find_spec", lambda module: None)
    ended = typed(*command)
    assert ended.code == 2 and "pip install '.[serve]'" in ended.err


def test_an_address_that_is_none_is_said_so(triage: Triage, sqlite_engine: Engine) -> None:
    ended = triage("serve", "--port", "0", "--address", "no.such.host.invalid")
    assert ended.code == 2 and "cannot listen on no.such.host.invalid" in ended.err
