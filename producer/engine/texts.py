"""Texts to be analysed, read as `triage ingest` reads them, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from producer.ingest.columns.choice import ColumnChoice
from producer.ingest.columns.nested_fields import get_field
from producer.ingest.errors import EmptyInputError, IngestError
from producer.ingest.escaping import escaped, shown
from producer.ingest.feedback_stream import FeedbackStream, open_feedback
from producer.ingest.plan import Plan
from producer.ingest.readers.input import Input, parse_inputs
from producer.ingest.readers.options import ReadingOptions
from producer.ingest.readers.reasons import column_of, fix_of
from producer.ingest.readers.row import Reject
from producer.ingest.readers.table_input import table_input
from producer.ingest.readers.text_reader import COLUMN
from producer.ingest.validation.feedback import Feedback
from schema.options import RunOptions
from schema.settings import Settings

#: Inputs whose rows have no lines.
_WITHOUT_LINES = (".parquet", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
#: Characters of an id of a row that is no document.
_MOST_ID = 200


@dataclass(frozen=True, slots=True)
class TextRow:
    """A row of an input.

    Attributes:
        file: The input, as the user named it.
        id: As the row has it, a string or a whole number; else the line, or the number, of the row.
        feedback: What is analysed; None where the row is no document.
        error: Why it is none, in a sentence that names file, row and column, and the fix.
    """

    file: str
    id: str | int
    feedback: Feedback | None
    error: str | None = None


@dataclass
class Texts:
    """The rows of some inputs, one input behind the other; one that cannot be read keeps no other
    from being read.

    Attributes:
        inputs: What is read.
        columns: Columns that the user names; `text` is one column here.
        text_limit: Characters that a text may have.
        reading: How inputs are read.
        notify: Gets a sentence where the user should know more.
        failures: Of each input that could not be read, or not to its end, why; a sentence each.
        read: How many inputs were opened.
    """

    inputs: tuple[Input, ...]
    columns: ColumnChoice
    text_limit: int
    reading: ReadingOptions = ReadingOptions()
    notify: Callable[[str], None] = lambda _: None
    failures: list[str] = field(default_factory=list)
    read: int = 0

    def rows(self) -> Iterator[TextRow]:
        """All rows, in order."""
        plan = Plan(
            inputs=self.inputs,
            run="",
            source=None,
            columns=self.columns,
            analyses=(),
            options=RunOptions(),
            limit=None,
            reading=self.reading,
        )
        for number, one in enumerate(self.inputs):
            try:
                with open_feedback(plan, number, self.text_limit) as stream:
                    self.read += 1
                    for sentence in stream.findings:
                        self.notify(sentence)
                    yield from _rows(one, stream)
            except EmptyInputError as error:
                self.read += 1
                self.notify(f"passed over: {error}")
            except IngestError as error:
                self.failures.append(str(error))


def find_texts(
    settings: Settings,
    paths: list[str],
    columns: ColumnChoice,
    notify: Callable[[str], None] = lambda _: None,
) -> Texts:
    """The texts of files, as `triage ingest` takes them; a `.txt` has a text a line.

    Raises:
        IngestError: If a path is none.
    """
    reading = ReadingOptions(text_lines=True)
    inputs = parse_inputs(paths, reading, settings.text_limit)
    return Texts(inputs, columns, settings.text_limit, reading, notify)


def given_texts(settings: Settings, texts: Sequence[str | None], name: str = "the texts") -> Texts:
    """Texts that are given themselves; they are numbered from 1.

    Args:
        settings: For the size of texts.
        texts: The texts.
        name: What errors call them.
    """
    one = table_input(name, {COLUMN: texts})
    return Texts((one,), ColumnChoice(text=COLUMN, id=""), settings.text_limit)


def _rows(one: Input, stream: FeedbackStream) -> Iterator[TextRow]:
    id_column = stream.plan.columns.id
    unit = "row" if PurePath(one.file_name).suffix.lower() in ("", *_WITHOUT_LINES) else "line"
    for row in stream.rows:
        content = row.content
        if isinstance(content, Feedback):
            yield TextRow(one.name, _id(content, id_column), content)
        else:
            error = f"{escaped(one.name)}, {unit} {content.line}: {_sentence(content)}"
            yield TextRow(one.name, _id_of_reject(content, id_column), None, error)


def _sentence(reject: Reject) -> str:
    """What is wrong with a row, in which column, and what to do."""
    column = reject.column or column_of(reject.reason)
    where = f"column '{shown(column)}': " if column and column not in reject.reason else ""
    fix = reject.fix or fix_of(reject.reason)
    return f"{where}{reject.reason}" + ("" if fix in reject.reason else f"; {fix}")


def _id(feedback: Feedback, column: str | None) -> str | int:
    given = None if column is None else get_field(feedback.row.fields, column)
    if isinstance(given, int) and not isinstance(given, bool):
        return given
    return feedback.row.line if feedback.external_id is None else feedback.external_id


def _id_of_reject(reject: Reject, column: str | None) -> str | int:
    given: Any = None
    if column is not None and isinstance(reject.row, dict):
        given = get_field(reject.row, column)
    if isinstance(given, int) and not isinstance(given, bool):
        return given
    if isinstance(given, str) and given.isprintable() and 0 < len(given) <= _MOST_ID:
        return given
    return reject.line
