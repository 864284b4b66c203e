"""One line of JSON Lines, as `triage ingest` and `triage analyze` both read it."""

from __future__ import annotations

import json
from typing import Any

#: PostgreSQL and Python both give up at some thousands; nobody means more than this.
MOST_LEVELS = 100

#: What may stand around an object; files that were joined have several byte-order marks.
_AROUND = "\ufeff\r\n\t "

#: NaN and infinity are no JSON; they mean nothing.
DECODER = json.JSONDecoder(parse_constant=lambda _name: None)


class JsonLineError(ValueError):
    """Why a line is no object that can be read; without its text."""


def strip_line(line: str) -> str:
    """A line without its end, and without byte-order marks."""
    return line.strip(_AROUND)


def read_object(line: str) -> dict[str, Any]:
    """The object that a line is.

    Args:
        line: As `strip_line` gives it.

    Raises:
        JsonLineError: If it is none, or is nested deeper than `MOST_LEVELS`.
    """
    try:
        fields = DECODER.decode(line)
    except (ValueError, RecursionError) as error:
        raise JsonLineError(reason_of(error)) from None
    return check_object(line, fields)


def check_object(written: str, value: Any) -> dict[str, Any]:
    """The value, if it is an object that can be stored.

    Raises:
        JsonLineError: If it is none, or is nested deeper than `MOST_LEVELS`.
    """
    if type(value) is not dict:
        raise JsonLineError("JSON, but not an object")
    if too_deep(written, value):
        raise JsonLineError(f"fields are nested deeper than {MOST_LEVELS} levels")
    return value


def reason_of(error: ValueError | RecursionError) -> str:
    """Why JSON could not be decoded."""
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON: {error.msg} at character {error.pos + 1}"
    return "not JSON: nested too deep to be read, or too long a number"


def too_deep(encoded: str, value: Any) -> bool:
    """Whether a value is nested deeper than `MOST_LEVELS`.

    Args:
        encoded: Its JSON, to see at once that it is not.
        value: A dictionary or a list.
    """
    brackets = encoded.count("[") + encoded.count("{")
    return brackets > MOST_LEVELS and _levels(value) > MOST_LEVELS


def _levels(value: Any) -> int:
    levels = 0
    below = [value]
    while below:
        levels += 1
        nested: list[Any] = []
        for item in below:
            inside = item.values() if isinstance(item, dict) else item
            nested += [one for one in inside if isinstance(one, dict | list | tuple)]
        below = nested
    return levels
