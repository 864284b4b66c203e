"""Reads a file back that a person has filled in: good rows, and bad ones with what is wrong.

What a person wrote by mistake may be what a customer wrote, so nothing of a cell is quoted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from producer.errors import UsageError
from producer.ingest.readers.input import parse_inputs
from producer.ingest.readers.options import ReadingOptions
from producer.ingest.readers.row import Reject, Row
from producer.review.review_file import ANALYSIS, DOCUMENT, DRAWN, LABEL, NEEDED, RUN
from schema.corrections.store import Correction, documents_with_results
from schema.corrections.subject import Subject, known_labels, reviewable
from schema.intents import NO_INTENT, join_intents, read_intents
from schema.status.runs import UnknownRunError, find_run
from schema.tables import LEAST_CERTAIN, RANDOM

#: Characters that a text in the file may have.
_TEXT_LIMIT = 1 << 20


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that says nothing that could be stored.

    Attributes:
        line: Where it begins, from 1, the header included.
        column: What is wrong with.
        reason: What is wrong.
        fix: What to do.
    """

    line: int
    column: str
    reason: str
    fix: str

    def __str__(self) -> str:
        return f"row {self.line}, column {self.column}: {self.reason}; {self.fix}"


@dataclass(slots=True)
class FilledFile:
    """What a file says.

    Attributes:
        corrections: By run and analysis; each document once.
        bad: Rows that cannot be used.
        empty: Rows without a label.
    """

    corrections: dict[Subject, list[Correction]] = field(default_factory=dict)
    bad: list[BadRow] = field(default_factory=list)
    empty: int = 0


class _BadCellError(Exception):
    """Carries what is wrong with a cell from where it is read to the row; caught in `_read`."""

    def __init__(self, column: str, reason: str, fix: str) -> None:
        super().__init__(reason)
        self.column, self.reason, self.fix = column, reason, fix


def read_filled_file(connection: Connection, path: str) -> FilledFile:
    """Read the file, and check its rows against the database.

    Args:
        connection: A transaction: documents that are corrected stay locked until it ends.
        path: A CSV or a workbook, whatever program has saved it.

    Raises:
        UsageError: If it lacks a column.
        IngestError: If it cannot be read.
    """
    return _Reader(connection).read(path)


class _Reader:
    """Checks the rows of a file, one after the other."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known = reviewable(connection)
        self._runs: dict[str, int] = {}
        self._labels: dict[Subject, dict[str, str]] = {}
        self._lines: dict[tuple[Subject, int], tuple[int, Correction]] = {}
        self._found = FilledFile()

    def read(self, path: str) -> FilledFile:
        for row in _rows(path):
            if isinstance(row, Reject):
                self._found.bad.append(BadRow(row.line, "?", row.reason, "mend the row"))
            elif not _cell(row, LABEL):
                self._found.empty += 1
            else:
                self._read(row)
        self._keep_those_with_results()
        self._found.bad.sort(key=lambda bad: bad.line)
        return self._found

    def _read(self, row: Row) -> None:
        try:
            subject = Subject(self._run(row), _analysis(row, self._known))
            one = Correction(_document(row), self._label(row, subject), _drawn(row))
            line, other = self._lines.setdefault((subject, one.document_id), (row.line, one))
            if other.label != one.label:
                reason = f"the document has another label in row {line}"
                raise _BadCellError(LABEL, reason, "leave one of the two")
        except _BadCellError as bad:
            self._found.bad.append(BadRow(row.line, bad.column, bad.reason, bad.fix))

    def _run(self, row: Row) -> int:
        name = _cell(row, RUN)
        if name not in self._runs:
            try:
                self._runs[name] = find_run(self._connection, name)
            except UnknownRunError:
                reason = "no run has this name"
                raise _BadCellError(RUN, reason, "write it as `triage status` does") from None
        return self._runs[name]

    def _label(self, row: Row, subject: Subject) -> str:
        if subject not in self._labels:
            labels = known_labels(self._connection, subject)
            self._labels[subject] = {label.casefold(): str(label) for label in labels}
        known = self._labels[subject]
        cell = _cell(row, LABEL)
        if subject.has_several:
            return _intents(cell, known)
        label = known.get(cell.casefold())
        if label is None:
            names = ", ".join(known.values())
            fix = f"write one of {names}, or leave it empty"
            raise _BadCellError(LABEL, "no result has this label", fix)
        return label

    def _keep_those_with_results(self) -> None:
        by_subject: dict[Subject, dict[int, tuple[int, Correction]]] = {}
        for (subject, document_id), found in self._lines.items():
            by_subject.setdefault(subject, {})[document_id] = found
        for subject, rows in by_subject.items():
            there = documents_with_results(self._connection, subject, sorted(rows))
            for document_id, (line, one) in rows.items():
                if document_id in there:
                    self._found.corrections.setdefault(subject, []).append(one)
                    continue
                reason = f"no such document has a result of {subject.analysis} in this run"
                fix = "leave the row out if it was forgotten"
                self._found.bad.append(BadRow(line, DOCUMENT, reason, fix))


def _rows(path: str) -> Iterator[Row | Reject]:
    for one in parse_inputs([path], ReadingOptions(), _TEXT_LIMIT):
        with one.open() as stream:
            missing = [name for name in NEEDED if name not in stream.columns]
            if missing:
                raise UsageError(
                    f"{one.name} has no column {', '.join(missing)}; "
                    "fill in a file that `triage review` has written"
                )
            yield from stream.rows


def _cell(row: Row, column: str) -> str:
    value = row.fields.get(column)
    return "" if value is None else str(value).strip()


def _analysis(row: Row, known: Sequence[str]) -> str:
    name = _cell(row, ANALYSIS)
    if name not in known:
        names = ", ".join(known)
        raise _BadCellError(ANALYSIS, "it gives documents no label", f"write one of {names}")
    return name


def _intents(cell: str, known: Mapping[str, str]) -> str:
    said = read_intents(cell)
    if not said or not said <= set(known) or (NO_INTENT in said and len(said) > 1):
        *names, none = known.values()
        fix = f"write some of {', '.join(names)} with commas between, or {none}, or leave it empty"
        raise _BadCellError(LABEL, "it names no intents", fix)
    return join_intents(said)


def _document(row: Row) -> int:
    try:
        # A spreadsheet may have made 12.0 of it.
        number = float(_cell(row, DOCUMENT))
        if number.is_integer() and 0 < number < 2**63:
            return int(number)
    except ValueError:
        pass
    reason = "it is no document's number"
    raise _BadCellError(DOCUMENT, reason, "write it as `triage review` did")


def _drawn(row: Row) -> str:
    drawn = _cell(row, DRAWN).casefold()
    if drawn not in (RANDOM, LEAST_CERTAIN):
        raise _BadCellError(
            DRAWN,
            "it does not say how the document was drawn",
            f"write `{RANDOM}` or `{LEAST_CERTAIN}` as `triage review` did",
        )
    return drawn
