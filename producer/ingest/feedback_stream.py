"""An input read and validated: what goes in and what does not, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from producer.ingest.columns.choice import ColumnPlan, Columns, RecipeChoice
from producer.ingest.columns.find_columns import find_columns
from producer.ingest.columns.nested_fields import get_field
from producer.ingest.errors import EmptyInputError, InputError
from producer.ingest.plan import Plan
from producer.ingest.ratings.rating_parser import RatingParser
from producer.ingest.readers.input import Input
from producer.ingest.readers.one_spelling import with_one_spelling
from producer.ingest.readers.row import Row
from producer.ingest.readers.row_stream import look_ahead
from producer.ingest.recipes.recipe import Recipe
from producer.ingest.texts.text_cleaner import TextCleaner
from producer.ingest.times.timestamp_parser import DayOrder, TimestampParser
from producer.ingest.validation.input_row import InputRow, identify_input
from producer.ingest.validation.row_context import RowContext, ValueNotes, ValueParsers
from producer.ingest.validation.validator import RowValidator


@dataclass(frozen=True)
class FeedbackStream:
    """What an input holds.

    Attributes:
        plan: What was decided for its columns.
        sample: The fields of its first good rows.
        rows: Rows that may go in, and rejects.
        fraction: How much has been read, 0 to 1; None where nobody can know.
        findings: How the input is read where that was found and not said, a sentence each.
        notes: What was passed over so far.
        texts: What is taken out of its texts.
        day_order: What dates like 03/04/2026 mean in it, where it was said or shown.
    """

    plan: ColumnPlan
    sample: list[dict[str, Any]]
    rows: Iterator[InputRow]
    fraction: Callable[[], float | None]
    findings: Sequence[str]
    notes: ValueNotes
    texts: TextCleaner
    day_order: str | None


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
        sample, everything = look_ahead(rows.rows)
        if not sample:
            raise EmptyInputError(f"{rows.name} has no rows")
        good = [row.fields for row in (*sample, *rows.late) if isinstance(row, Row)]
        recipe = plan.recipe_for(rows.columns)
        columns = find_columns(
            rows.name,
            rows.columns,
            plan.columns,
            with_source=plan.source is None,
            rows=good,
            recipe=_recipe_choice(recipe, rows.columns),
        )
        everything = with_one_spelling(everything, rows.columns, columns.columns.all())
        place = _place(plan.inputs, number)
        source = plan.source or one.stem
        order = _day_order(plan, recipe, one, columns.columns.time, good)
        parsers = _parsers(plan, columns.columns, order, recipe, good)
        context = RowContext(one.name, place, source, text_limit)
        validation = RowValidator(context, columns, parsers)
        identity = identify_input(one.key, one.stem, sample[0])
        contents = (content for row in everything for content in validation.validate(row))
        numbered = (
            InputRow(content, identity, number) for number, content in enumerate(contents, 1)
        )
        yield FeedbackStream(
            columns,
            good,
            numbered,
            rows.fraction,
            rows.notes,
            validation.notes,
            parsers.texts,
            order.order,
        )


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


def _recipe_choice(recipe: Recipe | None, columns: list[str]) -> RecipeChoice | None:
    if recipe is None:
        return None
    return RecipeChoice(recipe.name, recipe.columns_in(columns), strict=not recipe.header)


def _parsers(
    plan: Plan,
    columns: Columns,
    order: DayOrder,
    recipe: Recipe | None,
    sample: list[dict[str, Any]],
) -> ValueParsers:
    return ValueParsers(
        TimestampParser(_values(sample, columns.time), order),
        RatingParser(columns.rating or "", _values(sample, columns.rating)),
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
    with one.open() as rows:
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
