"""The views, read from their files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Date, Double, Text

from schema.database.types import UtcDateTime

#: In this order: a view reads only those before it, and rollups (`schema.views.bodies`).
NAMES = (
    "v_documents",
    "v_mentions",
    "v_entities",
    "v_answers",
    "v_intents",
    "v_classes",
    "v_replies",
    "v_daily",
    "v_results_current",
    "v_document_themes",
    "v_themes",
    "v_theme_weeks",
)

#: Kinds of columns, and how they are read: SQLite has no type for half of them.
KINDS: dict[str, Any] = {
    "integer": BigInteger(),
    "number": Double(),
    "text": Text(),
    "boolean": Boolean(),
    "date": Date(),
    "time": UtcDateTime(),
    "json": JSON(),
}

#: Columns that put the rows of a view in an order, if there are such that are cheap.
_KEYS = {
    "v_documents": "id",
    "v_daily": "day, source, product",
    "v_themes": "id",
    "v_theme_weeks": "theme_id, week",
}

_COLUMN = re.compile(r"-- (\w+): (\w+): (.+)")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its kind (one of `KINDS`), and what it holds."""

    name: str
    kind: str
    meaning: str


@dataclass(frozen=True, slots=True)
class View:
    """A view.

    Attributes:
        description: What a row is.
        body: Its SELECT, in which `schema.views.dialect` has something to write out.
    """

    name: str
    description: str
    columns: tuple[Column, ...]
    body: str

    @property
    def types(self) -> dict[str, Any]:
        """How its columns are read, by name."""
        return {column.name: KINDS[column.kind] for column in self.columns}

    @property
    def query(self) -> str:
        """A SELECT of all that is in it."""
        order = _KEYS.get(self.name)
        names = ", ".join(column.name for column in self.columns)
        return f"SELECT {names} FROM {self.name}" + (f"\nORDER BY {order}" if order else "")


def _read(name: str) -> View:
    lines = resources.files("schema.views").joinpath(f"{name}.sql").read_text("utf-8").splitlines()
    columns = []
    for line in lines[1:]:
        if not (found := _COLUMN.fullmatch(line)):
            break
        columns.append(Column(*found.groups()))
    described = lines[0].removeprefix(f"-- {name}: ")
    return View(name, described, tuple(columns), "\n".join(lines[1 + len(columns) :]))


VIEWS: tuple[View, ...] = tuple(_read(name) for name in NAMES)

_BY_NAME = {view.name: view for view in VIEWS}


def find_view(name: str) -> View | None:
    """The view called `name`, or None."""
    return _BY_NAME.get(name)
