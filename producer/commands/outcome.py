"""What a command has done, as a sentence for people or, with `--json`, as one object."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from producer.display.say import say
from schema.control_characters import json_text

AsJson = Annotated[bool, typer.Option("--json", help="As one JSON object, for programs.")]


def print_outcome(sentence: str, facts: dict[str, Any], as_json: bool) -> None:
    """Print what was done on standard output.

    Args:
        sentence: For people; with `as_json` it is in the object, under `said`.
        facts: The same for programs: counts, names, times.
        as_json: Whether a program reads it.
    """
    if as_json:
        say(json_text(facts | {"said": sentence}, default=str))
    else:
        say(sentence)
