"""All inputs of a plan, one behind the other; one that cannot be read does not end it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from producer.ingest.errors import EmptyInputError, IngestError
from producer.ingest.feedback_stream import FeedbackStream, by_name, open_feedback
from producer.ingest.plan import Plan
from producer.ingest.plan_lines import SHOWN_DOCUMENTS, InputView
from producer.ingest.validation.feedback import Feedback
from producer.ingest.validation.input_row import InputRow
from producer.ingest.validation.source_choice import SourceChooser


@dataclass(slots=True)
class ReadInput:
    """An input, and how far it has been read.

    Attributes:
        name: As the user named it.
        rows: Rows that were read of it.
        source: Of its documents; None where it was not opened.
        reason: Why it was not read to its end, in a sentence; None if it was.
        empty: Whether it has no rows, which is no fault.
        view: What was seen of it; None where it was not opened.
    """

    name: str
    rows: int = 0
    source: str | None = None
    reason: str | None = None
    empty: bool = False
    view: InputView | None = None

    @property
    def failed(self) -> bool:
        """Whether it could not be read, or not to its end."""
        return self.reason is not None and not self.empty


def failed_of(inputs: Sequence[ReadInput]) -> list[ReadInput]:
    """The inputs that could not be read, or not to their end."""
    return [one for one in inputs if one.failed]


class Reading:
    """Reads the inputs of a plan.

    Args:
        plan: The plan.
        text_limit: Characters that a text may have.
        choose_source: Chooses the source of an input.
        notify: Gets a sentence where the user should know more.

    Attributes:
        inputs: The inputs so far.
        sources: Sources of the documents so far.
    """

    def __init__(
        self,
        plan: Plan,
        text_limit: int,
        choose_source: SourceChooser = by_name,
        notify: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._plan = plan
        self._text_limit = text_limit
        self._choose_source = choose_source
        self._notify = notify
        self._number = 0
        self._fraction: Callable[[], float | None] = lambda: None
        self.inputs: list[ReadInput] = []
        self.sources: set[str] = set()

    def rows(self) -> Iterator[InputRow | None]:
        """Rows that may go in, and rejects, up to the plan's limit; None where an input ends before
        which rows must be stored, since the source of the next one depends on them.
        """
        left = self._plan.limit
        for number in range(len(self._plan.inputs)):
            if left is None:
                yield from self._rows_of(number, None)
            else:
                for row in self._rows_of(number, left):
                    yield row
                    left -= 1
                    if not left:
                        return
            # What told it is closed by now, while the last rows still wait to be stored.
            self._fraction = lambda: 1.0
            if self._plan.source is None:
                yield None

    def fraction(self) -> float | None:
        """How much has been read, 0 to 1, as if all inputs were of one size."""
        try:
            inside = self._fraction()
        except ValueError:
            # It was closed just now, by the thread that prefetches.
            inside = 1.0
        return None if inside is None else (self._number + inside) / len(self._plan.inputs)

    def _rows_of(self, number: int, limit: int | None) -> Iterator[InputRow]:
        one = ReadInput(self._plan.inputs[number].name)
        self.inputs.append(one)
        try:
            with open_feedback(
                self._plan, number, self._text_limit, self._choose_source, limit
            ) as stream:
                self._number, self._fraction = number, stream.fraction
                view = self._view(one, stream)
                source: str | None = None
                for row in stream.rows:
                    one.rows += 1
                    content = row.content
                    # Mostly it is that of the row before.
                    if isinstance(content, Feedback):
                        if content.source is not source:
                            source = content.source
                            self.sources.add(source)
                        if len(view.documents) < SHOWN_DOCUMENTS:
                            view.documents.append(content)
                    yield row
        except IngestError as error:
            one.reason, one.empty = str(error), isinstance(error, EmptyInputError)

    def _view(self, one: ReadInput, stream: FeedbackStream) -> InputView:
        one.source = stream.source
        one.view = InputView(
            one.name,
            stream.plan,
            stream.sample,
            stream.findings,
            stream.notes,
            stream.texts,
            stream.day_order,
        )
        for sentence in stream.findings:
            self._notify(sentence)
        columns = stream.plan.columns
        if columns.more_texts and columns.rating is not None:
            self._notify(
                f"{one.name}: each answer of a row is a document with the row's rating, so that "
                f"ratings count up to {1 + len(columns.more_texts)} times: their figures are of "
                "answers, not of customers; leave ratings out with --rating ''"
            )
        if columns.id is None and not self._plan.says_id:
            self._notify(
                f"{one.name} has no id column: its rows are known by their place, so that one row "
                "put on top makes all of them new; name the column with --id, know them by what "
                "they say with --id-from text,time, or leave it so with --id ''"
            )
        return one.view
