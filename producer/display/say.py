"""What the console says: the only way by which a command prints a line."""

from __future__ import annotations

import typer

from schema.control_characters import escape_controls


def say(line: str, *, err: bool = False) -> None:
    """Print a line, or several; whatever is quoted in them cannot steer the terminal.

    Args:
        line: To be shown.
        err: On standard error.
    """
    typer.echo(escape_controls(line), err=err)
