"""README, commands and tables say what is so: commands, options, columns, files."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
import typer.main

from producer.console import console
from schema.reports import reports
from schema.tables import Base

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS_PAGE = (ROOT / "docs" / "commands.md").read_text("utf-8")
TABLES_PAGE = (ROOT / "docs" / "tables.md").read_text("utf-8")
COMMANDS = typer.main.get_command(console).commands  # type: ignore[attr-defined]


def documented(command: str) -> str:
    """The first cell of the command's row."""
    found = re.search(rf"^\| `(triage {command}\b.*?)` \|", COMMANDS_PAGE, re.MULTILINE)
    assert found, f"the console table has no row for triage {command}"
    return found[1]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_is_in_the_table(name: str) -> None:
    row = documented(name)
    options = {
        option
        for parameter in COMMANDS[name].params
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option.startswith("--") and option != "--help"
    }
    assert options == set(re.findall(r"--[a-z-]+", row))


def test_every_command_of_the_table_exists() -> None:
    assert set(re.findall(r"^\| `triage ([\w-]+)", COMMANDS_PAGE, re.MULTILINE)) == set(COMMANDS)


def test_reports_that_are_named_exist() -> None:
    named = set(re.findall(r"triage report ([a-z][a-z-]*)", README + COMMANDS_PAGE))
    assert named <= {report.name for report in reports()}


@pytest.mark.parametrize("table", sorted(Base.metadata.tables))
def test_the_schema_table_lists_every_column(table: str) -> None:
    found = re.search(rf"^\| `{table}` \|.*\| `([^`]*)` \|$", TABLES_PAGE, re.MULTILINE)
    assert found, f"the schema table has no row for {table}"
    assert found[1].split(", ") == [column.name for column in Base.metadata.tables[table].columns]


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)\)", README))
def test_every_link_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


def test_commands_have_a_sentence_of_help() -> None:
    assert all(inspect.getdoc(command.callback) for command in COMMANDS.values())
