"""Where labelled texts come from: files, and what people said with `triage correct`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from workers.calibrate.corrections import corrected_examples
from workers.calibrate.examples import Columns, DataError, Example
from workers.evaluate.labelled_file import read_labelled


@dataclass(frozen=True, slots=True)
class Source:
    """Labelled texts of one origin.

    Attributes:
        name: The file's, or `corrections`.
        column: Of what people said.
        examples: In the order of their lines.
    """

    name: str
    column: str
    examples: Sequence[Example]

    def where(self, example: Example) -> str:
        """Names a row and the column of its label."""
        return f"{self.name} line {example.line}, column {self.column!r}"


def read_file(path: Path, analysis: str, columns: Columns) -> Source:
    """The labelled texts of a file.

    Raises:
        DataError: Names the row, the column and what to do.
    """
    examples = read_labelled(path, analysis, replace(columns, strict=True))
    return Source(str(path), columns.label, examples)


def read_corrections(database: str, analysis: str) -> Source:
    """All texts that people labelled in the database, however they were drawn.

    Raises:
        DatabaseError: If the database is not there, or of another revision.
        DataError: If nobody has labelled any.
    """
    if analysis in ("entities", "qa"):
        raise DataError(
            f"people correct labels, and {analysis} has none; give labelled texts with --data FILE"
        )
    return Source("corrections", "label", corrected_examples(database, analysis, drawn=None))


@dataclass(frozen=True, slots=True)
class GivenTexts:
    """All labelled texts that are given.

    Attributes:
        sources: To learn from, and to validate with where nothing else is said.
        share: Of them, to validate with; None where a file has these.
        validation: That file.
        allowed: The only labels that there may be; none for whatever there is.
    """

    sources: Sequence[Source]
    share: float | None
    validation: Source | None
    allowed: Sequence[str]


@dataclass(frozen=True, slots=True)
class Merged:
    """Texts of all sources, each once.

    Attributes:
        examples: Numbered from 1.
        repeated: Texts that came again.
        contradicted: Those of them that had another label; the last one counts.
    """

    examples: list[Example]
    repeated: int
    contradicted: int


def merge(sources: Iterable[Source]) -> Merged:
    """Put texts together; of the same text (with the same question) the last label counts, so that
    what people corrected goes before the file.
    """
    found: dict[tuple[str, str], Example] = {}
    repeated = contradicted = 0
    for example in (one for source in sources for one in source.examples):
        key = (example.text, example.question)
        if key in found:
            repeated += 1
            contradicted += found[key].label != example.label
        found[key] = example
    numbered = [replace(one, line=n) for n, one in enumerate(found.values(), start=1)]
    return Merged(numbered, repeated, contradicted)


def digest(examples: Iterable[Example]) -> str:
    """SHA-256 of texts with what people said of them, in their order."""
    found = hashlib.sha256()
    for one in examples:
        line = json.dumps([one.text, one.question, one.label, list(one.starts)])
        found.update(line.encode("utf-8", "surrogatepass") + b"\n")
    return found.hexdigest()
