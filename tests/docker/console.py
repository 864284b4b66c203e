"""Whether the console would take a command line, without running it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import typer
from typer.testing import CliRunner

from producer.console import console


def parse(arguments: Sequence[str]) -> dict[str, Any]:
    """The values of a command's parameters; raises a usage error where the console would."""
    name, *rest = arguments
    help_page = CliRunner().invoke(console, [name, "--help"])
    assert help_page.exit_code == 0, f"there is no command {name}"
    group = typer.main.get_command(console)
    command = group.commands[name]  # type: ignore[attr-defined]
    with command.make_context(name, list(rest)) as context:
        return dict(context.params)
