"""An input read and validated: what goes in and what does not, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import count, repeat
from typing import Any

from producer.ingest.columns.choice import ColumnPlan, Columns, RecipeChoice
from producer.ingest.columns.find_columns import find_columns
from producer.ingest.columns.nested_fields import get_field
from producer.ingest.errors import EmptyInputError, IngestError, InputError
from producer.ingest.plan import Plan
from producer.ingest.ratings.rating_parser import RatingParser
from producer.ingest.readers.input import Input
from producer.ingest.readers.one_spelling import with_one_spelling
from producer.ingest.readers.row import Reject, Row
from producer.ingest.readers.row_stream import RowStream, look_ahead
from producer.ingest.recipes.recipe import Recipe
from producer.ingest.texts.text_cleaner import TextCleaner
from producer.ingest.times.timestamp_parser import DayOrder, TimestampParser
from producer.ingest.validation.batch_validator import BatchValidator
from producer.ingest.validation.feedback import Feedback
from producer.ingest.validation.identity import find_identity_columns
from producer.ingest.validation.input_row import InputRow, identify_input
from producer.ingest.validation.row_context import RowContext, ValueNotes, ValueParsers
from producer.ingest.validation.source_choice import (
    Sample,
    SourceChoice,
    SourceChooser,
    usual_source,
)
from producer.ingest.validation.validator import RowValidator


@dataclass(frozen=True)
class FeedbackStream:
    """What an input holds.

    Attributes:
        plan: What was decided for its columns.
        sample: The fields of its first good rows.
        source: Of the documents whose rows say none.
        rows: Rows that may go in, and rejects.
        fraction: How much has been read, 0 to 1; None where nobody can know.
        findings: How the input is read where that was found and not said, a sentence each.
        notes: What was passed over so far.
        texts: What is taken out of its texts.
        day_order: What dates like 03/04/2026 mean in it, where it was said or shown.
    """

    plan: ColumnPlan
    sample: list[dict[str, Any]]
    source: str
    rows: Iterator[InputRow]
    fraction: Callable[[], float | None]
    findings: Sequence[str]
    notes: ValueNotes
    texts: TextCleaner
    day_order: str | None


def by_name(sample: Sample) -> SourceChoice:
    """The source of an input by its name alone, where no database is asked."""
    return SourceChoice(usual_source(sample.input))


@contextmanager
def open_feedback(
    plan: Plan,
    number: int,
    text_limit: int,
    choose_source: SourceChooser = by_name,
    limit: int | None = None,
) -> Iterator[FeedbackStream]:
    """Open an input of the plan.

    Args:
        plan: Of the run.
        number: The input's place in it.
        text_limit: Characters that a text may have.
        choose_source: Chooses the source of documents whose rows say none.
        limit: Rows that are wanted of it at the most; None for all.

    Raises:
        IngestError: If it cannot be read, has no rows, or lacks a column.
    """
    one = plan.inputs[number]
    with one.open() as rows:
        sample, everything = _require_rows(rows)
        identity = identify_input(one.key, one.stem, sample[0])
        good = [row.fields for row in (*sample, *rows.late) if isinstance(row, Row)]
        recipe = plan.recipe_for(rows.columns)
        columns = _find_columns(plan, recipe, rows, good)
        respelled = partial(with_one_spelling, columns=rows.columns, names=columns.columns.all())
        sample, everything = list(respelled(iter(sample))), respelled(everything)
        order = _day_order(plan, recipe, one, columns.columns.time, good)
        parsers = _parsers(plan, columns.columns, order, recipe, good)
        known_by = find_identity_columns(rows.name, rows.columns, plan.id_from)
        context = RowContext(one.name, _place(plan.inputs, number), "", text_limit, known_by)
        with_source = _validator_of(sample, context, columns, parsers)
        choice = choose_source(Sample(one, identity.digest, with_source))
        identity = replace(identity, source=choice.name, doubtful=choice.doubtful)
        context = replace(context, source=plan.source or choice.name)
        validation = BatchValidator(context, columns, parsers)
        yield FeedbackStream(
            plan=columns,
            sample=good,
            source=context.source,
            rows=map(InputRow, validation.validate(everything, limit), repeat(identity), count(1)),
            fraction=rows.fraction,
            findings=[*rows.notes, *parsers.ratings.findings()],
            notes=validation.notes,
            texts=parsers.texts,
            day_order=order.order,
        )


def _require_rows(rows: RowStream) -> tuple[list[Row | Reject], Iterator[Row | Reject]]:
    sample, everything = look_ahead(rows.rows)
    if not sample:
        raise EmptyInputError(f"{rows.name} has no rows")
    return sample, everything


def _validator_of(
    sample: list[Row | Reject], context: RowContext, columns: ColumnPlan, parsers: ValueParsers
) -> Callable[[str], list[Feedback]]:
    """What gives the documents of a sample, were they of this source."""

    def with_source(source: str) -> list[Feedback]:
        validation = RowValidator(replace(context, source=source), columns, parsers)
        validated = (one for row in sample for one in validation.validate(row))
        return [one for one in validated if isinstance(one, Feedback)]

    return with_source


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


def _find_columns(
    plan: Plan, recipe: Recipe | None, rows: RowStream, good: list[dict[str, Any]]
) -> ColumnPlan:
    choice = None
    if recipe is not None:
        there = recipe.columns_in(rows.columns)
        choice = RecipeChoice(recipe.name, there, strict=not recipe.header)
    return find_columns(
        rows.name,
        rows.columns,
        plan.columns,
        with_source=plan.source is None,
        rows=good,
        recipe=choice,
    )


def _parsers(
    plan: Plan,
    columns: Columns,
    order: DayOrder,
    recipe: Recipe | None,
    sample: list[dict[str, Any]],
) -> ValueParsers:
    return ValueParsers(
        TimestampParser(_values(sample, columns.time), order),
        RatingParser(columns.rating or "", _values(sample, columns.rating), plan.rating_scale),
        TextCleaner(
            plan.texts.html or bool(recipe and recipe.html),
            plan.texts.replies or bool(recipe and recipe.replies),
        ),
    )


def _values(sample: list[dict[str, Any]], column: str | None) -> list[Any]:
    return [get_field(fields, column) for fields in sample] if column else []


def _day_order(
    plan: Plan,
    recipe: Recipe | None,
    one: Input,
    column: str | None,
    sample: list[dict[str, Any]],
) -> DayOrder:
    """What dates like 03/04/2026 mean: the first rows may not show it, and a later one may."""
    order = DayOrder(plan.day_order, usual=recipe.day_order if recipe else None)
    for value in _values(sample, column):
        order.see(value)
    if column is None or order.settled or not order.ambiguous or not one.checkable:
        return order
    with suppress(InputError), one.open() as rows:
        for row in rows.rows:
            if isinstance(row, Row):
                order.see(get_field(row.fields, column))
            if order.settled:
                break
    return order


def _place(inputs: tuple[Input, ...], number: int) -> str:
    """The file's name; files of one name in several folders are counted."""
    name = inputs[number].file_name
    before = sum(one.file_name == name for one in inputs[:number])
    return f"{name}#{before}" if before else name
