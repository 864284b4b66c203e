"""The compose file as `docker compose` reads it: variables put in, then YAML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "docker"
COMPOSE = FOLDER / "compose.yaml"
#: Passwords for the variables that have no default.
SECRETS = {"POSTGRES_PASSWORD": "p0st", "REDIS_PASSWORD": "r3d", "FLOWER_PASSWORD": "fl0"}
#: `${NAME}`, `${NAME:-default}` or `${NAME:?message}`.
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<rest>[^}]*))?\}")


class MissingVariableError(KeyError):
    """A required variable is unset or empty."""


def interpolate(text: str, environment: Mapping[str, str]) -> str:
    """Put variables in, by the rules of the Compose Specification (12-interpolation.md)."""

    def value(found: re.Match[str]) -> str:
        given = environment.get(found["name"], "")
        if given or found["kind"] is None:
            return given
        if found["kind"] == "?":
            raise MissingVariableError(found["name"], found["rest"])
        return found["rest"]

    return VARIABLE.sub(value, text)


def read_compose(environment: Mapping[str, str], path: Path = COMPOSE) -> dict[str, Any]:
    """The compose file with its variables from `environment`."""
    loaded = yaml.safe_load(interpolate(path.read_text("utf-8"), environment))
    assert isinstance(loaded, dict)
    return loaded


def variables() -> dict[str, set[str | None]]:
    """By variable: its defaults, None where it is required."""
    found: dict[str, set[str | None]] = {}
    for use in VARIABLE.finditer(COMPOSE.read_text("utf-8")):
        default = None if use["kind"] == "?" else (use["rest"] or "")
        found.setdefault(use["name"], set()).add(default)
    return found
