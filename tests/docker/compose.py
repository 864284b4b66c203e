"""The compose file as `docker compose` reads it: YAML, then variables put into what it says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "docker"
COMPOSE = FOLDER / "compose.yaml"
#: Passwords for the variables that have no default.
SECRETS = {
    "POSTGRES_PASSWORD": "p0st",
    "READER_PASSWORD": "r34d",
    "REDIS_PASSWORD": "r3d",
    "FLOWER_PASSWORD": "fl0",
}
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
    loaded = _filled(yaml.safe_load(path.read_text("utf-8")), environment)
    assert isinstance(loaded, dict)
    return loaded


def _filled(node: Any, environment: Mapping[str, str]) -> Any:
    if isinstance(node, dict):
        return {key: _filled(value, environment) for key, value in node.items()}
    if isinstance(node, list):
        return [_filled(value, environment) for value in node]
    return interpolate(node, environment) if isinstance(node, str) else node


def variables() -> dict[str, set[str | None]]:
    """By variable of all files: its defaults, None where it is required."""
    found: dict[str, set[str | None]] = {}
    for path in sorted(FOLDER.glob("compose*.yaml")):
        for use in VARIABLE.finditer(path.read_text("utf-8")):
            default = None if use["kind"] == "?" else (use["rest"] or "")
            found.setdefault(use["name"], set()).add(default)
    return found
