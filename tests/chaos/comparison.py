"""The comparison: each document of each run against the undisturbed run of the same documents."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import Connection, select

from schema.results import OrdinalTable, result_table
from schema.tables import DeadLetter, DocumentRow, Model, Run, RunDocument
from tests.chaos.feedback import ANALYSES, OTHER_DEATHS, Delivery, Feedback

#: Scores differ in the last digits, because documents meet others in their batches.
TOLERANCE = 1e-4

Row = tuple[Any, ...]


@dataclass(slots=True)
class Difference:
    """What is not as it was in the undisturbed run; documents and analyses are counted.

    Attributes:
        compared: Outcomes that were looked at.
        other_deaths: Documents that kill their worker, and were charged with another fault's kill.
        notes: Ids and what is wrong, never a text.
    """

    compared: int = 0
    lost: int = 0
    duplicated: int = 0
    different: int = 0
    other_deaths: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def any(self) -> bool:
        """Whether there is one."""
        return bool(self.lost or self.duplicated or self.different)

    def add(self, other: Difference) -> None:
        """Count those of another comparison."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    def __str__(self) -> str:
        return (
            f"{self.lost} lost, {self.duplicated} duplicated, {self.different} different "
            f"of {self.compared}"
        )


class Undisturbed:
    """What every document of the pool comes to when nothing disturbs.

    Args:
        connection: To the database.
        run: The run of the whole pool.
    """

    def __init__(self, connection: Connection, run: str) -> None:
        self._rows = {name: _results(connection, run, name) for name in ANALYSES}

    def compare(self, connection: Connection, delivery: Delivery) -> Difference:
        """A finished run against it."""
        found = _compare_documents(connection, delivery)
        found.add(_compare_counts(connection, delivery))
        for analysis in delivery.analyses:
            rows = _results(connection, delivery.run, analysis)
            letters = _dead_letters(connection, delivery.run, analysis)
            for document in delivery.documents:
                name = str(document.number)
                was = rows.pop(name, []), letters.pop(name, [])
                wrong = self._wrong(analysis, document, *was)
                found.compared += 1
                found.other_deaths += bool(was[1]) and was[1][0] in OTHER_DEATHS
                if wrong:
                    setattr(found, wrong, getattr(found, wrong) + 1)
                    found.notes.append(
                        f"{delivery.run}, {analysis}, document {name}: {wrong}; "
                        f"{len(was[0])} rows, dead letters {was[1]}"
                    )
            for name in {*rows, *letters}:
                found.duplicated += 1
                found.notes.append(f"{delivery.run}, {analysis}, document {name}: not of this run")
        return found

    def _wrong(
        self, analysis: str, document: Feedback, rows: list[Row], letters: list[str]
    ) -> str | None:
        if errors := document.errors(analysis):
            if len(letters) + bool(rows) > 1:
                return "duplicated"
            if not letters and not rows:
                return "lost"
            return None if letters and letters[0] in errors else "different"
        expected = self._rows[analysis].get(str(document.number), [])
        if letters:
            return "different"
        if len(rows) > len(expected) and rows[: len(expected)] == expected:
            return "duplicated"
        if expected and not rows:
            return "lost"
        return None if _alike(rows, expected) else "different"


def _compare_documents(connection: Connection, delivery: Delivery) -> Difference:
    """Whether the run has each document of the file once."""
    found = Difference()
    stored = connection.execute(
        select(DocumentRow.external_id)
        .join(RunDocument, RunDocument.document_id == DocumentRow.id)
        .join(Run, Run.id == RunDocument.run_id)
        .where(Run.name == delivery.run)
    ).scalars()
    counts = Counter(stored)
    for document in delivery.documents:
        times = counts.pop(str(document.number), 0)
        if times != 1:
            found.lost += times == 0
            found.duplicated += times > 1
            found.notes.append(f"{delivery.run}, document {document.number}: stored {times} times")
    for name in counts:
        found.different += 1
        found.notes.append(f"{delivery.run}, document {name}: not in the file")
    return found


def _compare_counts(connection: Connection, delivery: Delivery) -> Difference:
    """Whether the run, and its file of rejects, count each row of the file once."""
    documents, doubled, empty = len(delivery.documents), delivery.doubled, delivery.empty
    expected = (documents + doubled + empty, documents, doubled, empty, empty)
    counts = select(Run.read, Run.stored, Run.duplicate, Run.rejected)
    row = connection.execute(counts.where(Run.name == delivery.run)).one()
    rejects = delivery.path.with_name(f"{delivery.run}.rejects.jsonl")
    lines = len(rejects.read_bytes().splitlines()) if rejects.exists() else 0
    found = Difference()
    if (*row, lines) != expected:
        found.different = 1
        found.notes.append(f"{delivery.run}: counts {(*row, lines)}, not {expected}")
    return found


def _results(connection: Connection, run: str, analysis: str) -> dict[str, list[Row]]:
    """By external id: the rows of a document in order, each with the model that it came from."""
    table = result_table(analysis)
    columns = [getattr(table, one.name) for one in fields(table.result)]
    order = [table.ordinal] if issubclass(table, OrdinalTable) else []
    statement = (
        select(DocumentRow.external_id, *order, *columns, Model.name, Model.revision, Model.options)
        .join(DocumentRow, DocumentRow.id == table.document_id)
        .join(Run, Run.id == table.run_id)
        .outerjoin(Model, Model.id == table.model_id)
        .where(Run.name == run)
        .order_by(DocumentRow.external_id, *order)
    )
    found: dict[str, list[Row]] = {}
    for name, *values, options in connection.execute(statement):
        row = (*values, json.dumps(options, sort_keys=True))
        found.setdefault(str(name), []).append(row)
    return found


def _dead_letters(connection: Connection, run: str, analysis: str) -> dict[str, list[str]]:
    statement = (
        select(DocumentRow.external_id, DeadLetter.error_class)
        .join(DocumentRow, DocumentRow.id == DeadLetter.document_id)
        .join(Run, Run.id == DeadLetter.run_id)
        .where(Run.name == run, DeadLetter.analysis == analysis)
    )
    found: dict[str, list[str]] = {}
    for name, error_class in connection.execute(statement):
        found.setdefault(str(name), []).append(error_class)
    return found


def _alike(rows: list[Row], expected: list[Row]) -> bool:
    return len(rows) == len(expected) and all(
        _equal(value, other)
        for row, wanted in zip(rows, expected, strict=True)
        for value, other in zip(row, wanted, strict=True)
    )


def _equal(value: object, other: object) -> bool:
    if isinstance(value, float) and isinstance(other, float):
        return abs(value - other) <= TOLERANCE
    if isinstance(value, dict) and isinstance(other, dict):
        return value.keys() == other.keys() and all(
            _equal(one, other[name]) for name, one in value.items()
        )
    return value == other


def compare_all(
    connection: Connection, undisturbed: Undisturbed, deliveries: Iterable[Delivery]
) -> Difference:
    """Several finished runs."""
    found = Difference()
    for delivery in deliveries:
        found.add(undisturbed.compare(connection, delivery))
    return found
