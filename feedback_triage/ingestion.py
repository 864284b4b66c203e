"""Bringing feedback in: the same as `triage ingest`, from files or from a table in memory."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from feedback_triage.errors import explained
from feedback_triage.frames import kind_of
from feedback_triage.given import as_input, table_columns
from feedback_triage.progress import wait as wait_for

if TYPE_CHECKING:
    from producer.ingest import Ingested, Plan
    from schema.status.progress import RunProgress


class IngestOptions(TypedDict, total=False):
    """The options of `triage ingest`, by the same names; `triage ingest --help` says what each is.

    `analyses` and `question` may be lists; `text` may be a list of columns, and `max_rejected` is
    in percent.
    """

    run: str
    source: str
    text: str | Sequence[str]
    id: str
    time: str
    language: str
    product: str
    rating: str
    rating_scale: str
    title: str
    dayfirst: bool
    monthfirst: bool
    strip_replies: bool
    html: bool
    recipe: str
    analyses: str | Sequence[str]
    no_language: bool
    question: str | Sequence[str]
    translate_to: str
    replies: str
    encoding: str
    delimiter: str
    header_row: int
    sheet: str
    path: str
    limit: int
    on_change: str
    again: bool
    fresh: bool
    id_from: str
    snapshot: bool
    max_rejected: float


@dataclass(frozen=True, slots=True)
class Ingestion:
    """What an ingestion has done, counted in rows.

    Attributes:
        run: The run's name.
        read: Rows that were read: stored, updated, duplicate or rejected, each counted once.
        rejects: The file with the rejected rows and their reasons; None where there are none.
        complete: Whether all inputs could be read to their end, and no more rows were rejected than
            may be; where not, a warning has said why.
    """

    run: str
    read: int
    stored: int
    updated: int
    duplicate: int
    rejected: int
    rejects: Path | None
    complete: bool

    def wait(self, timeout: float | None = None) -> RunProgress:
        """Wait until all of it is analysed; see `feedback_triage.wait`."""
        return wait_for(self.run, timeout)


def ingest(data: Any, **options: Unpack[IngestOptions]) -> Ingestion:
    """Store feedback and put it in line for analysis, as `triage ingest` does; the same call again
    resumes what was interrupted, and doubles nothing.

    Args:
        data: A path, or several in a list, as `triage ingest` takes them; or a table of pandas,
            Arrow or Polars, which needs `source=`, since it has no name to be known by.
        **options: As `IngestOptions` has them.

    Raises:
        TriageError: If nothing can be read, an option is wrong, or the database fails.
        TypeError: If there is no such option.
    """
    if unknown := sorted(options.keys() - IngestOptions.__annotations__.keys()):
        raise TypeError(f"ingest() has no option {unknown[0]!r}")
    with explained():
        return _ingest(_inputs(data, options), options)


def _inputs(data: Any, options: IngestOptions) -> list[Any]:
    if isinstance(data, str | os.PathLike):
        return [os.fspath(data)]
    kind = kind_of(data)
    if kind is None:
        return [os.fspath(path) for path in data]
    if "source" not in options:
        from producer.errors import UsageError

        raise UsageError(
            "a table needs source=, the name that its rows are known by from one delivery to the "
            "next"
        )
    return [as_input(options["source"], table_columns(data, kind))]


def _ingest(inputs: list[Any], options: IngestOptions) -> Ingestion:
    # Here and not above: it takes most of a second.
    from producer import ingest as ingestion
    from producer.dispatcher import Dispatcher
    from producer.session import open_database, open_settings

    config = open_settings()
    plan = ingestion.make_plan(config, inputs, **_requested(options))
    engine = open_database()
    dispatcher: list[Dispatcher] = []

    def dispatch() -> None:
        # With the first block: before that there is nothing to warn about.
        if not dispatcher:
            dispatcher.append(Dispatcher(engine, config, _warn))
        dispatcher[0].dispatch(plan.analyses)

    done = ingestion.ingest(engine, config, plan, on_block=dispatch, notify=_warn)
    return _ended(done, plan)


def _requested(options: IngestOptions) -> dict[str, Any]:
    """The options as `make_plan` has them."""
    from producer.ingest import ColumnChoice
    from producer.ingest.readers.options import ReadingOptions
    from producer.ingest.request import requested_order, requested_scale
    from producer.ingest.texts.text_cleaner import TextCleaner

    given: dict[str, Any] = dict(options)
    named = {role: given.pop(role) for role in ColumnChoice.__annotations__ if role in given}
    if "text" in named and not isinstance(named["text"], str):
        named["text"] = tuple(named["text"])
    forms = ("encoding", "delimiter", "header_row", "sheet", "path")
    reading = ReadingOptions(**{form: given.pop(form) for form in forms if form in given})
    texts = TextCleaner(given.pop("html", False), given.pop("strip_replies", False))
    order = requested_order(given.pop("dayfirst", False), given.pop("monthfirst", False))
    scale = requested_scale(given.pop("rating_scale", None))
    question = given.pop("question", ())
    if not isinstance(given.get("analyses", ""), str):
        given["analyses"] = ",".join(given["analyses"])
    if "again" in given:
        given["analyse_again"] = given.pop("again")
    if "max_rejected" in given:
        given["max_rejected"] /= 100
    return given | {
        "columns": ColumnChoice(**named),
        "reading": reading,
        "texts": texts,
        "day_order": order,
        "rating_scale": scale,
        "questions": (question,) if isinstance(question, str) else tuple(question),
    }


def _ended(done: Ingested, plan: Plan) -> Ingestion:
    from producer.commands.ingest_summary import faults

    for sentence in faults(done, plan.max_rejected, plan.snapshot):
        _warn(sentence.removeprefix("triage: "))
    counts = done.counts
    return Ingestion(
        run=done.run,
        read=counts.read,
        stored=counts.stored,
        updated=counts.updated,
        duplicate=counts.duplicate,
        rejected=counts.rejected,
        rejects=done.rejects if counts.rejected_in_all else None,
        complete=not (done.failed or done.too_many_rejected),
    )


def _warn(sentence: str) -> None:
    warnings.warn(sentence, stacklevel=2)
