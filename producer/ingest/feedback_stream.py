"""An input read and looked into: what goes in and what does not, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from producer.ingest.errors import EmptyInputError, InputError
from producer.ingest.plan import Plan
from producer.ingest.readers.input import Input
from producer.ingest.readers.nested_fields import with_nested, with_one_spelling
from producer.ingest.readers.row import Row
from producer.ingest.readers.row_stream import look_ahead
from producer.ingest.validation.columns import Columns, find_columns
from producer.ingest.validation.input_row import InputRow, identify_input
from producer.ingest.validation.timestamps import TimestampParser
from producer.ingest.validation.validator import RowValidator


@dataclass(frozen=True)
class FeedbackStream:
    """What an input holds.

    Attributes:
        columns: What was found in which column.
        rows: Rows that may go in, and rejects.
        notes: How the input is read where that was found and not said, a sentence each.
        fraction: How much has been read, 0 to 1; None where nobody can know.
    """

    columns: Columns
    rows: Iterator[InputRow]
    fraction: Callable[[], float | None]
    notes: Sequence[str] = ()


@contextmanager
def open_feedback(plan: Plan, number: int, text_limit: int) -> Iterator[FeedbackStream]:
    """Open an input of the plan.

    Args:
        plan: The plan.
        number: The input's place in it.
        text_limit: Characters that a text may have.

    Raises:
        IngestError: If it cannot be read, has no rows, or lacks a column.
    """
    one = plan.inputs[number]
    with one.open() as rows:
        rows = with_nested(rows, filter(None, vars(plan.columns).values()))
        sample, everything = look_ahead(rows.rows)
        if not sample:
            raise EmptyInputError(f"{rows.name} has no rows")
        columns = find_columns(
            rows.name, rows.columns, plan.columns, with_source=plan.source is None
        )
        everything = with_one_spelling(everything, rows.columns, columns.taken())
        good = [row.fields for row in (*sample, *rows.late) if isinstance(row, Row)]
        validation = RowValidator(
            file=one.name,
            place=_place(plan.inputs, number),
            columns=columns,
            source=plan.source or one.stem,
            text_limit=text_limit,
            times=TimestampParser(
                [fields.get(columns.time) for fields in good] if columns.time else []
            ),
        )
        identity = identify_input(one.key, one.stem, sample[0])
        looked = (
            InputRow(validation.look(row), identity, number)
            for number, row in enumerate(everything, 1)
        )
        yield FeedbackStream(columns, looked, rows.fraction, rows.notes)


def check_inputs(plan: Plan, text_limit: int) -> dict[int, InputError]:
    """Open every file once, so that a wrong one is found before anything is stored.

    Returns:
        Why some inputs cannot be read, by their place in the plan; the others can.

    Raises:
        IngestError: If none can be read, or what the user says is wrong.
    """
    failed: dict[int, InputError] = {}
    for number, one in enumerate(plan.inputs):
        if one.checkable:
            try:
                with open_feedback(plan, number, text_limit):
                    pass
            except InputError as error:
                failed[number] = error
    if len(failed) == len(plan.inputs):
        raise next(iter(failed.values()))
    return failed


def _place(inputs: tuple[Input, ...], number: int) -> str:
    """The file's name; files of one name in several folders are counted."""
    name = inputs[number].file_name
    before = sum(one.file_name == name for one in inputs[:number])
    return f"{name}#{before}" if before else name
