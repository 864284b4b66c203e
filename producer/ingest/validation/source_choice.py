"""Which source the documents of an input are of, where no row says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath

from producer.ingest.readers.input import Input
from producer.ingest.readers.sources.remote_files import is_url
from producer.ingest.validation.feedback import Feedback
from producer.ingest.validation.lasting_name import lasting_name


@dataclass(frozen=True, slots=True)
class SourceChoice:
    """The source of an input.

    Attributes:
        name: What it is called.
        doubtful: Whether most of the input's documents are stored there with another text.
    """

    name: str
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """The first rows of an input.

    Attributes:
        input: The input.
        digest: As `producer.ingest.validation.input_row` has it.
        with_source: The rows that may go in, as documents of a source.
    """

    input: Input
    digest: str
    with_source: Callable[[str], list[Feedback]]


#: Chooses the source of an input by its first rows; may raise IngestError.
SourceChooser = Callable[[Sample], SourceChoice]


def usual_source(one: Input) -> str:
    """The source of an input by its name alone."""
    path = PurePath(one.key)
    lasts = path.is_absolute() or is_url(one.key)
    return lasting_name(one.stem, path.parent.name) if lasts else one.stem
