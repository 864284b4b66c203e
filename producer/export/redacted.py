"""Rows without what leads to a person: `--redact` of reports and exports."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from schema.redaction import Known, redact, redact_field
from schema.redaction.documents import BLOCK, People, is_person, read_known, read_people
from schema.redaction.fields import kind_of_key
from schema.reports import ReportRows, Value
from schema.reports.rows import Row, plain

#: Columns that hold words of ours, of models, or of whoever sells: they are left as they are.
KEPT = frozenset(
    (
        *("source", "product", "language", "label", "polarity", "leaning", "analysis", "model"),
        *("revision", "run", "type", "kind", "text_used", "translated_to", "measure", "alert"),
        *("note", "show", "examples", "week", "day", "month", "report", "shows", "basis"),
    )
)
#: Columns that have ids of documents.
_DOCUMENTS = ("document_id", "document")
#: Columns that hold what an entity is called.
_ENTITIES = ("entity", "merged", "mention")


def redact_rows(connection: Connection, found: ReportRows) -> ReportRows:
    """The same rows, redacted a block at a time, so that any number of them fits."""
    return replace(found, rows=_redacted(connection, found))


def _redacted(connection: Connection, found: ReportRows) -> Iterator[Row]:
    columns = found.columns
    place = _document_column(columns)
    people = read_people(connection) if place is None else People(())
    while block := list(islice(found.rows, BLOCK)):
        known: Mapping[int, Known] = {}
        if place is not None:
            ids = [row[place] for row in block]
            known = read_known(connection, (one for one in ids if isinstance(one, int)))
        for row in block:
            document = row[place] if place is not None else None
            of_it = known.get(document, Known()) if isinstance(document, int) else Known()
            if place is None:
                of_it = people.known_of(" ".join(one for one in row if isinstance(one, str)), of_it)
            yield _row(columns, found.kinds, row, of_it)


def _document_column(columns: Sequence[str]) -> int | None:
    """Which column has ids of documents; `id` has them where their texts stand beside it."""
    names = (*_DOCUMENTS, *(("id",) if "text" in columns else ()))
    return next((columns.index(name) for name in names if name in columns), None)


def _row(columns: Sequence[str], kinds: Mapping[str, str], row: Row, known: Known) -> Row:
    values = dict(zip(columns, row, strict=True))
    product = values.get("product")
    if isinstance(product, str) and not known.kept:
        known = replace(known, kept=(product,))
    if known.language is None and isinstance(values.get("language"), str):
        known = replace(known, language=str(values["language"]))
    person = is_person(str(values.get("type", "")))
    return tuple(
        "[name]"
        if person and name in _ENTITIES and value is not None
        else redact_cell(name, value, known, kinds.get(name))
        for name, value in zip(columns, row, strict=True)
    )


def redact_cell(name: str, value: Value, known: Known, kind: str | None = None) -> Value:
    """A value of a column, redacted; what is no text stays as it is."""
    if not isinstance(value, str) or name in KEPT:
        return value
    if kind == "json" or name == "metadata":
        return _json(value, known)
    # `name` is that of a theme.
    if name != "name" and kind_of_key(name.removeprefix("metadata.")) is not None:
        return str(redact_field(name.removeprefix("metadata."), value, known))
    return redact(value, known)


def _json(value: str, known: Known) -> Value:
    try:
        read: Any = json.loads(value)
    except ValueError:
        return redact(value, known)
    if not isinstance(read, dict):
        return redact(value, known)
    return plain({key: redact_field(key, one, known) for key, one in read.items()})
