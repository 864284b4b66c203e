"""Reading labels of the user's own: from the catalog itself, from TOML, CSV or JSON Lines.

[labels]                                      label,description,text
delivery = "The parcel is late or lost."      delivery,The parcel is late or lost.,
price = "It costs too much."                  delivery,,Where is my parcel?

[examples]                                    {"label": "price", "text": "Far too expensive."}
delivery = ["Where is my parcel?", "It came two weeks late."]
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schema.catalog.own_labels import OwnLabel
from schema.catalog.said_labels import LabelsError, Said, gather
from schema.json_lines import JsonLineError, read_object, strip_line

#: Bytes of a file: what is larger is no list of labels, and would be read at every start.
MAX_BYTES = 20_000_000
#: Endings of JSON Lines; `.toml` is TOML, whatever ends otherwise is CSV.
_JSON_LINES = (".jsonl", ".ndjson", ".json")
#: Columns by what they may be called; the first is what messages call them.
_COLUMNS = {
    "label": ("label", "name", "topic"),
    "description": ("description", "meaning"),
    "text": ("text", "example"),
}
_KNOWN = {other: column for column, names in _COLUMNS.items() for other in names}
_WRITE = "write the columns label, and description or text"
_TABLES = ("labels", "topics")
_TOML = '[labels] with a line for each, as delivery = "The parcel is late or lost."'


def read_labels(given: Any, beside: Path | None, *, multiple: bool) -> tuple[OwnLabel, ...]:
    """The labels that a catalog gives.

    Args:
        given: As the catalog has it: the path of a file, a list of names, or a table of
            descriptions.
        beside: The folder that a path starts from; None where there is none.
        multiple: Whether a text may have several.

    Raises:
        LabelsError: Names the place, what is wrong there, and what to do.
    """
    if isinstance(given, list) and all(isinstance(one, str) for one in given):
        return gather(
            "labels", [Said(f"entry {n}", one) for n, one in enumerate(given, 1)], multiple
        )
    if isinstance(given, dict):
        return gather("labels", list(_of_table("", given)), multiple)
    if not isinstance(given, str) or not given.strip():
        raise LabelsError(
            'write the path of a file, as "labels.toml", a list of names, or a table of '
            'descriptions, as { delivery = "The parcel is late or lost." }'
        )
    path = (beside or Path()) / Path(given).expanduser()
    text = _text_of(path)
    kind = path.suffix.lower()
    if kind == ".toml":
        said = list(_of_toml(path.name, text))
    elif kind in _JSON_LINES:
        said = list(_of_objects(path.name, text))
    else:
        said = list(_of_rows(path.name, text))
    return gather(path.name, said, multiple)


def _text_of(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise LabelsError(
                f"{path.name} has more than {MAX_BYTES // 1_000_000} MB; keep some tens of "
                "examples a label, or train a model"
            )
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise LabelsError(f"cannot read {path} ({reason}); give a file in UTF-8") from None


def _of_toml(name: str, text: str) -> Iterator[Said]:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LabelsError(f"{name} is not TOML: {error}; correct it there") from None
    unknown = sorted(tables.keys() - {*_TABLES, "examples"})
    if unknown or not tables:
        what = f"has {unknown[0]!r}, which is none of labels, examples" if unknown else "is empty"
        raise LabelsError(f"{name} {what}; write {_TOML}")
    for key, table in tables.items():
        if not isinstance(table, dict):
            raise LabelsError(f"{name}: {key} is no table; write {_TOML}")
        for label, value in table.items():
            if key == "examples":
                yield from _examples(f"{name}, [examples] ", label, value)
            else:
                yield from _of_table(f"{name}, [{key}] ", {label: value})


def _of_table(where: str, table: dict[str, Any]) -> Iterator[Said]:
    """What a table says of labels: a description, or a table with description and examples."""
    for label, value in table.items():
        if isinstance(value, str):
            yield Said(f"{where}{label}".strip(), label, description=value)
            continue
        if not isinstance(value, dict) or not value.keys() <= {"description", "examples"}:
            raise LabelsError(
                f'{where}{label}: write what it means, as {label} = "…", or a table with '
                "description and examples"
            )
        described = value.get("description", "")
        if not isinstance(described, str):
            raise LabelsError(f"{where}{label}.description is no text; write it in quotes")
        yield Said(f"{where}{label}".strip(), label, description=described)
        yield from _examples(where, label, value.get("examples", []))


def _examples(where: str, label: str, texts: Any) -> Iterator[Said]:
    if not isinstance(texts, list) or not all(isinstance(one, str) for one in texts):
        raise LabelsError(f'{where}{label}: no list of texts; write ["…", "…"]')
    for number, one in enumerate(texts, start=1):
        yield Said(f"{where}{label}, example {number}".strip(), label, text=one)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a file: where it is, and what it has."""

    where: str
    cells: dict[str, Any]

    def said(self) -> Said:
        """What it says.

        Raises:
            LabelsError: If it has what no row may have.
        """
        values: dict[str, str | None] = {}
        for name, value in self.cells.items():
            column = _KNOWN.get(name.strip().casefold())
            if column is None:
                raise LabelsError(f"{self.where} has an unknown column {name!r}; {_WRITE}")
            if column in values:
                raise LabelsError(f"{self.where} has two columns for {column!r}; keep one")
            if isinstance(value, dict | list):
                raise LabelsError(f"{self.where}, column {name!r}: no text; write one in quotes")
            values[column] = None if value is None else str(value)
        if "label" not in values:
            raise LabelsError(f"{self.where} has no column 'label'; {_WRITE}")
        label = values.pop("label") or ""
        return Said(self.where, label, **values)


def _of_objects(name: str, text: str) -> Iterator[Said]:
    for number, line in enumerate(text.split("\n"), start=1):
        if stripped := strip_line(line):
            where = f"{name} line {number}"
            try:
                fields = read_object(stripped)
            except JsonLineError as error:
                raise LabelsError(f"{where}: {error}; write one object a line") from None
            yield _Row(where, fields).said()


def _of_rows(name: str, text: str) -> Iterator[Said]:
    header = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = next(rows, [])
        line = rows.line_num
        for cells in rows:
            where = f"{name} line {line + 1}"
            line = rows.line_num
            if any(cell.strip() for cell in cells):
                yield _Row(where, _named(where, columns, cells)).said()
    except csv.Error as error:
        raise LabelsError(f"{name} line {rows.line_num}: {error}; correct the quotes") from None


def _named(where: str, columns: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    if len(cells) > len(columns):
        raise LabelsError(
            f"{where} has {len(cells)} cells and the header {len(columns)}; put a text with commas "
            "in quotes"
        )
    padded = [*cells, *[""] * (len(columns) - len(cells))]
    return dict(zip(columns, padded, strict=True))
