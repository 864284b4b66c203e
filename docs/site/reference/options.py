"""Commands with their arguments and options, from the parser of the console."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import typer.main

from docs.site.reference.table import code, table
from producer.console import COMMANDS, console

#: What stands for a value in place of the name of its type.
_KINDS = {"str": "TEXT", "int": "N", "float": "X", "path": "FILE", "file": "FILE"}


def options_page() -> str:
    """The page: a section for each command, in the order of the help."""
    group: Any = typer.main.get_command(console)
    sections = "\n".join(_section(name, group.commands[name]) for name in COMMANDS)
    return (
        "# Options of each command\n\n"
        "As `triage COMMAND --help` says them. What commands are for, by the side of each other, "
        "and what they end with: [Commands](../commands.md).\n\n" + sections
    )


def _section(name: str, command: Any) -> str:
    context = command.make_context(f"triage {name}", [], resilient_parsing=True)
    usage = " ".join(command.get_usage(context).split()).removeprefix("Usage: ")
    about = inspect.cleandoc(command.help or "")
    rows = list(_rows(command, context))
    body = table(("argument or option", "is"), rows) if rows else "It has no options.\n"
    return f"## triage {name}\n\n{about}\n\n```text\n{usage}\n```\n\n{body}"


def _rows(command: Any, context: Any) -> Iterator[tuple[str, str]]:
    """Each parameter as the help shows it; what the help hides is left out."""
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record is not None and "--help" not in parameter.opts:
            shown = re.sub(r"<([a-z]+)[^>]*>", lambda kind: _KINDS.get(kind[1], "X"), record[0])
            yield code(shown), record[1].replace("<", "&lt;")
