"""An input read and looked into: what goes in and what does not, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from producer.ingest.errors import EmptyInputError, IngestError
from producer.ingest.plan import Plan
from producer.ingest.readers.input import Input
from producer.ingest.readers.row import Row
from producer.ingest.readers.row_stream import look_ahead
from producer.ingest.validation.columns import Columns, find_columns
from producer.ingest.validation.feedback import Feedback
from producer.ingest.validation.identity import find_identity_columns
from producer.ingest.validation.input_row import InputRow, identify_input
from producer.ingest.validation.source_choice import (
    Sample,
    SourceChoice,
    SourceChooser,
    usual_source,
)
from producer.ingest.validation.timestamps import TimestampParser
from producer.ingest.validation.validator import RowValidator


@dataclass(frozen=True)
class FeedbackStream:
    """What an input holds.

    Attributes:
        columns: What was found in which column.
        source: Of the documents whose rows say none.
        rows: Rows that may go in, and rejects.
        fraction: How much has been read, 0 to 1; None where nobody can know.
    """

    columns: Columns
    source: str
    rows: Iterator[InputRow]
    fraction: Callable[[], float | None]


def by_name(sample: Sample) -> SourceChoice:
    """The source of an input by its name alone, where no database is asked."""
    return SourceChoice(usual_source(sample.input))


@contextmanager
def open_feedback(
    plan: Plan, number: int, text_limit: int, choose_source: SourceChooser = by_name
) -> Iterator[FeedbackStream]:
    """Open an input of the plan.

    Args:
        plan: The plan.
        number: The input's place in it.
        text_limit: Characters that a text may have.
        choose_source: Chooses the source of documents whose rows say none.

    Raises:
        IngestError: If it cannot be read, has no rows, or lacks a column.
    """
    one = plan.inputs[number]
    with one.open() as rows:
        columns = find_columns(
            rows.name, rows.columns, plan.columns, with_source=plan.source is None
        )
        identity_from = find_identity_columns(rows.name, rows.columns, plan.id_from)
        sample, everything = look_ahead(rows.rows)
        if not sample:
            raise EmptyInputError(f"{rows.name} has no rows")
        good = [row.fields for row in sample if isinstance(row, Row)]
        times = TimestampParser(
            [fields.get(columns.time) for fields in good] if columns.time else []
        )

        validator = partial(
            RowValidator,
            file=one.name,
            place=_place(plan.inputs, number),
            columns=columns,
            text_limit=text_limit,
            times=times,
            identity_from=identity_from,
        )

        def with_source(source: str) -> list[Feedback]:
            looked = map(validator(source=source).look, sample)
            return [item for item in looked if isinstance(item, Feedback)]

        identity = identify_input(one.key, one.stem, sample[0])
        choice = choose_source(Sample(one, identity.digest, with_source))
        identity = replace(identity, source=choice.name, doubtful=choice.doubtful)
        validation = validator(source=plan.source or choice.name)
        looked = (
            InputRow(validation.look(row), identity, number)
            for number, row in enumerate(everything, 1)
        )
        yield FeedbackStream(columns, plan.source or choice.name, looked, rows.fraction)


def check_inputs(plan: Plan, text_limit: int) -> None:
    """Open every file once, so that what is wrong with all of them is found before anything is
    stored.

    Raises:
        IngestError: As `open_feedback`, of the first one, if none can be read.
    """
    errors: list[IngestError] = []
    for number, one in enumerate(plan.inputs):
        if not one.checkable:
            return
        try:
            with open_feedback(plan, number, text_limit):
                return
        except IngestError as error:
            errors.append(error)
    raise next((one for one in errors if not isinstance(one, EmptyInputError)), errors[0])


def _place(inputs: tuple[Input, ...], number: int) -> str:
    """The file's name; files of one name in several folders are counted."""
    name = inputs[number].file_name
    before = sum(one.file_name == name for one in inputs[:number])
    return f"{name}#{before}" if before else name
