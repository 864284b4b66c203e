"""`triage users`: who can log in to the served page, and what they may do."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy import Connection, Engine

from producer.commands.outcome import AsJson
from producer.display.say import say
from producer.display.table import make_table
from producer.errors import UsageError
from producer.nodes.requirements import require_serve_extra
from producer.session import open_database
from schema.access.audit import Action, Author, record
from schema.access.users import (
    UserError,
    add_user,
    all_users,
    change_password,
    change_user,
    find_user,
    read_name,
    remove_user,
)
from schema.control_characters import json_text
from schema.database import reading, writing
from schema.tables import Role

COLUMNS = ("name", "role", "sees", "since")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is said of a user; None for what is not said."""

    name: str
    role: Role | None
    figures_only: bool | None


def users(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[add NAME|change NAME|password NAME|remove NAME]",
            help="What to do with a user; without it, the list.",
        ),
    ] = None,
    role: Annotated[
        Role | None, typer.Option(help="viewer looks, editor corrects labels and themes, too.")
    ] = None,
    figures_only: Annotated[
        bool | None,
        typer.Option(
            "--figures-only/--texts", help="Whether the user sees no words of customers, or all."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List, add, change or remove who can log in to `triage serve`.

    A password is asked for, or read from the first line of standard input.
    """
    words = what or []
    if not words or words == ["list"]:
        if role is not None or figures_only is not None:
            raise UsageError("--role, --figures-only and --texts are of a user: triage users add …")
        _list(open_database(), as_json)
        return
    if len(words) != 2 or words[0] not in _VERBS:
        raise UsageError("say it so: triage users add NAME --role viewer, or change, password, …")
    verb = _VERBS[words[0]]
    try:
        verb(open_database(), _Wanted(read_name(words[1]), role, figures_only))
    except UserError as error:
        raise UsageError(str(error)) from None


def _add(engine: Engine, wanted: _Wanted) -> None:
    require_serve_extra()
    if wanted.role is None:
        raise UsageError("say what the user may do: --role viewer, or --role editor")
    with reading(engine) as connection:
        if find_user(connection, wanted.name) is not None:
            raise UserError(
                f"there is a user {wanted.name} already; change it with: "
                f"triage users change {wanted.name}"
            )
    password_hash = _read_password()
    hidden = bool(wanted.figures_only)
    with writing(engine) as connection:
        add_user(connection, wanted.name, password_hash, wanted.role, hidden)
        _record(connection, Action.ADD_USER, wanted.name, wanted.role, hidden)
    say(f"{wanted.name} can log in as {wanted.role}, and sees {_sees(hidden)}")


def _change(engine: Engine, wanted: _Wanted) -> None:
    if wanted.role is None and wanted.figures_only is None:
        raise UsageError("say what to change: --role, --figures-only or --texts")
    with writing(engine) as connection:
        user = change_user(connection, wanted.name, wanted.role, wanted.figures_only)
        _record(connection, Action.CHANGE_USER, user.name, user.role, user.figures_only)
    say(f"{user.name} is {user.role} from now on, and sees {_sees(user.figures_only)}")


def _password(engine: Engine, wanted: _Wanted) -> None:
    require_serve_extra()
    _only_a_name(wanted, "password")
    with reading(engine) as connection:
        if find_user(connection, wanted.name) is None:
            raise UserError(f"there is no user {wanted.name}; those there are: triage users")
    password_hash = _read_password()
    with writing(engine) as connection:
        change_password(connection, wanted.name, password_hash)
        record(connection, Author(_operator()), Action.CHANGE_PASSWORD, user=wanted.name)
    say(f"{wanted.name} has another password, and has to log in with it")


def _remove(engine: Engine, wanted: _Wanted) -> None:
    _only_a_name(wanted, "remove")
    with writing(engine) as connection:
        remove_user(connection, wanted.name)
        record(connection, Author(_operator()), Action.REMOVE_USER, user=wanted.name)
    say(f"{wanted.name} can no longer log in")


_VERBS: dict[str, Callable[[Engine, _Wanted], None]] = {
    "add": _add,
    "change": _change,
    "password": _password,
    "remove": _remove,
}


def _only_a_name(wanted: _Wanted, verb: str) -> None:
    if wanted.role is not None or wanted.figures_only is not None:
        raise UsageError(f"`triage users {verb}` takes a name alone")


def _list(engine: Engine, as_json: bool) -> None:
    with reading(engine) as connection:
        found = all_users(connection)
    if as_json:
        facts = [
            {
                "name": one.name,
                "role": one.role,
                "figures_only": one.figures_only,
                "created_at": one.created_at,
            }
            for one in found
        ]
        say(json_text(facts, default=str))
        return
    if not found:
        say("nobody can log in yet; add somebody with: triage users add NAME --role viewer")
        return
    rows: Sequence[Sequence[str]] = [
        (one.name, one.role, _sees(one.figures_only), f"{one.created_at:%Y-%m-%d}") for one in found
    ]
    Console().print(make_table(COLUMNS, rows))


def _sees(figures_only: bool) -> str:
    return "figures only" if figures_only else "texts, too"


def _record(
    connection: Connection, action: Action, name: str, role: Role, figures_only: bool
) -> None:
    author = Author(_operator())
    record(connection, author, action, user=name, role=role, figures_only=figures_only)


def _operator() -> str | None:
    """Who sits at the console, as the machine knows them."""
    try:
        return f"{getpass.getuser()} (console)"
    except (KeyError, OSError):
        return None


def _read_password() -> str:
    """The hash of a password that is asked for twice, or stands on standard input.

    Raises:
        UsageError: If it cannot be taken.
    """
    from producer.serve.access.passwords import PasswordError, hash_password

    if sys.stdin.isatty():
        password = getpass.getpass("Password: ")
        if getpass.getpass("The same again: ") != password:
            raise UsageError("these were two different passwords; try again")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    try:
        return hash_password(password)
    except PasswordError as error:
        raise UsageError(str(error)) from None
