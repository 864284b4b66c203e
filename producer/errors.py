"""Errors that a user can mend: one sentence on standard error, exit code 2."""

from __future__ import annotations

import click


class UsageError(click.ClickException):
    """Says what is wrong, with which row, file or setting, and what to do."""

    exit_code = 2

    def show(self, file: object = None) -> None:
        """Print the sentence, without a traceback."""
        click.echo(f"triage: {self.format_message()}", err=True)
