"""What the user asks of an ingestion, beside its inputs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from producer.ingest.columns.choice import ColumnChoice
from producer.ingest.errors import IngestError
from producer.ingest.on_change import OnChange
from producer.ingest.ratings.rating_scale import RatingScale, parse_scale
from producer.ingest.readers.encoding import is_broken
from producer.ingest.readers.options import ReadingOptions
from producer.ingest.recipes.recipe import Recipe
from producer.ingest.texts.text_cleaner import TextCleaner
from producer.ingest.times.written_times import day_order

#: Part of the rows that may be rejected before an ingestion has failed.
MAX_REJECTED = 0.1

_RUN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class IngestRequest:
    """Options of `triage ingest`, whose help says what each is; None: not given.

    Attributes:
        day_order: As `requested_order` gives it.
        recipe: The name of one of ours, or a file.
        id_from: Separated by commas.
        max_rejected: A part of the rows, from 0 to 1.
        rating_scale: As `requested_scale` gives it.
    """

    run: str | None = None
    source: str | None = None
    columns: ColumnChoice = field(default_factory=ColumnChoice)
    analyses: str | None = None
    questions: Sequence[str] = ()
    translate_to: str | None = None
    reading: ReadingOptions = field(default_factory=ReadingOptions)
    limit: int | None = None
    texts: TextCleaner = field(default_factory=TextCleaner)
    day_order: str | None = None
    recipe: str | None = None
    on_change: str | None = None
    analyse_again: bool | None = None
    fresh: bool = False
    id_from: str | None = None
    snapshot: bool = False
    max_rejected: float = MAX_REJECTED
    no_language: bool = False
    replies: str | None = None
    rating_scale: RatingScale | None = None

    def with_recipe(self, own: Recipe) -> IngestRequest:
        """The same, and what a recipe says where the user says nothing."""
        return replace(
            self,
            source=own.source if self.source is None else self.source,
            reading=self.reading.or_else(own.reading),
            day_order=self.day_order or own.day_order,
            id_from=own.id_from if self.id_from is None else self.id_from,
            rating_scale=self.rating_scale or own.rating_scale,
        )

    def check(self) -> None:
        """Make sure that it can be done.

        Raises:
            IngestError: If it cannot.
        """
        if self.source is not None and (not self.source.strip() or "\0" in self.source):
            raise IngestError("--source is empty; leave it out to take the name of the file")
        if self.source is not None and is_broken(self.source):
            raise IngestError("--source is not UTF-8; write it in the encoding of the terminal")
        if self.limit is not None and self.limit < 1:
            raise IngestError("--limit must be 1 or more")
        if not 0 <= self.max_rejected <= 1:
            raise IngestError("--max-rejected must be from 0 to 100 %")
        if self.snapshot and self.limit is not None:
            raise IngestError("--snapshot needs all rows; leave --limit out")
        if self.run is not None and not _RUN_NAME.fullmatch(self.run):
            raise IngestError(
                f"--run {self.run!r}: a run's name is made of letters, digits, '.', '_' and '-', "
                "100 at the most"
            )

    def known_by(self) -> tuple[str, ...]:
        """What documents are known by, in place of an id.

        Raises:
            IngestError: If `--id-from` is empty.
        """
        if self.id_from is None:
            return ()
        names = tuple(name.strip() for name in self.id_from.split(","))
        if not all(names):
            raise IngestError("--id-from is empty; say e.g. --id-from text,time")
        return names

    def change(self) -> OnChange | None:
        """What is done with feedback that changed.

        Raises:
            IngestError: If `--on-change` is not known.
        """
        try:
            return None if self.on_change is None else OnChange(self.on_change)
        except ValueError:
            known = ", ".join(OnChange)
            raise IngestError(
                f"--on-change {self.on_change!r} is not known; say one of {known}"
            ) from None


def requested_order(dayfirst: bool, monthfirst: bool) -> str | None:
    """What dates like 03/04/2026 mean by the options; None where the input shows it.

    Raises:
        IngestError: If both are given.
    """
    try:
        return day_order(dayfirst, monthfirst)
    except ValueError:
        said = "--dayfirst and --monthfirst exclude each other; give one of them"
        raise IngestError(said) from None


def requested_scale(written: str | None) -> RatingScale | None:
    """The worst and the best of ratings by the option; None where the input shows them.

    Raises:
        IngestError: If it says no two ends.
    """
    try:
        return None if written is None else parse_scale(written)
    except ValueError:
        raise IngestError(
            f"--rating-scale {written!r}: say the worst and the best, such as 1-7, or 5-1 where 1 "
            "is the best"
        ) from None
