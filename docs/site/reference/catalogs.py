"""The catalogs that ship: which model serves which analysis, from their files."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

from docs.site.links import ROOT
from docs.site.reference.table import code, table
from schema.catalog.loading import BUILT_IN_CATALOGS


def catalogs_page() -> str:
    """The page: a section for each catalog, with its models and what each has set."""
    sections = []
    for name in BUILT_IN_CATALOGS:
        tables = tomllib.loads((ROOT / f"schema/catalog/{name}.toml").read_text("utf-8"))
        rows = [row for analysis, entry in tables.items() for row in _rows(analysis, entry)]
        sections.append(f"## {name}\n\n{table(('analysis', 'model', 'languages', 'set'), rows)}")
    return (
        "# Catalogs that ship\n\n"
        "`TRIAGE_MODELS` names one of them, or a file of your own: [The catalog](../catalog.md) "
        "has all that it may say. A licence of each built-in model: `NOTICE`.\n\n"
        + "\n".join(sections)
    )


def _rows(analysis: str, entry: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """A row for a table that names a model, and one for each table in it, as of language pairs."""
    plain = {key: value for key, value in entry.items() if not isinstance(value, dict)}
    if "model" in plain:
        model = code(plain["model"]) + (
            f" at {code(plain['revision'])}" if "revision" in plain else ""
        )
        languages = plain.get("languages", [])
        options = {**entry.get("options", {}), **entry.get("calibration", {})}
        said = ", ".join(code(f"{key} = {_toml(value)}") for key, value in options.items())
        yield code(analysis), model, ", ".join(languages), said
    for name, inner in entry.items():
        if isinstance(inner, dict) and "model" in inner:
            yield from _rows(f"{analysis}.{name}", inner)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
