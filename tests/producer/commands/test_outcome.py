"""`--json`: what a command has done, as one object."""

from __future__ import annotations

import json
from typing import Any

import pytest
import typer.main
from sqlalchemy import Engine

from producer.console import console
from schema.database import writing
from schema.migrations.revision import newest_revision
from schema.tables import JobState
from tests.support.console import Triage
from tests.support.feedback import add_job, add_run

pytestmark = pytest.mark.slow

COMMANDS = typer.main.get_command(console).commands  # type: ignore[attr-defined]
#: Commands that have nothing to say to a program, and those that say it otherwise.
WITHOUT = {
    **dict.fromkeys(
        ("worker", "workers", "flower", "serve", "demo"), "goes on until it is stopped"
    ),
    **dict.fromkeys(("analyze", "export"), "writes rows or a file"),
    "digest": "is a mail",
    "metrics": "prints what Prometheus reads",
}


@pytest.fixture
def run(engine: Engine) -> str:
    with writing(engine) as connection:
        one = add_run(connection, "autumn", ("sentiment",), read=10, stored=10)
        add_job(connection, one, "sentiment", JobState.PENDING, 10)
    return "autumn"


def test_every_command_that_prints_facts_prints_them_as_json() -> None:
    without = {name for name in COMMANDS if "--json" not in options(name)}
    assert without == WITHOUT.keys()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (["init"], {"before": newest_revision(), "revision": newest_revision()}),
        (["pause", "autumn"], {"run": "autumn", "changed": True, "waiting": 1}),
        (["resume", "autumn"], {"run": "autumn", "changed": False}),
        (["cancel", "autumn"], {"run": "autumn", "jobs": 1, "documents": 10, "before": None}),
        (["archive", "autumn", "--undo"], {"run": "autumn", "archived": False, "changed": False}),
        (["prefer", "autumn"], {"run": "autumn", "changed": True, "preferred": ["autumn"]}),
        (["prefer"], {"preferred": []}),
        (["retry", "autumn"], {"due": 0, "replayed": {}, "left": 0, "of_cancelled_runs": 0}),
        (["delete", "autumn", "--dry-run"], {"run": "autumn", "deleted": False, "jobs": 1}),
        (["delete", "autumn", "--yes"], {"run": "autumn", "deleted": True, "jobs": 1, "left": []}),
        (["duplicates"], {"documents": 0, "groups": 0, "equal": 0, "alike": 0, "largest": 0}),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, list) else "",
)
def test_one_object(run: str, triage: Triage, arguments: list[str], facts: dict[str, Any]) -> None:
    ended = triage(*arguments, "--json")
    said = json.loads(ended.out)
    assert ended.code == 0
    assert {name: said[name] for name in facts} == facts
    # What people would read is in it, word for word.
    assert isinstance(said["said"], str) and said["said"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_two_formats_at_once_are_refused(run: str, triage: Triage) -> None:
    ended = triage("report", "summary", "--json", "--format", "csv")
    assert (ended.code, ended.out) == (2, "")
    assert "--json and --format csv do not go together" in ended.err


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("command", ["report", "trust", "urgent"])
def test_it_is_the_same_as_format_json(run: str, triage: Triage, command: str) -> None:
    short, long = triage(command, "--json"), triage(command, "--format", "json")
    assert (short.code, short.out) == (long.code, long.out)
    assert command == "report" or json.loads(short.out) is not None


def options(name: str) -> set[str]:
    return {option for parameter in COMMANDS[name].params for option in parameter.opts}
