"""Reading a reply library: the answers that a team has written once, as its help desk exports them.

A row is an answer: `title`, `when` (what a customer says whom it answers: a description, or
examples, one a line), `reply`, and where there are several languages `language`. The file is read
as every other input is: CSV, a workbook, JSON Lines ...
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from producer.ingest.errors import IngestError
from producer.ingest.escaping import escaped, shown
from producer.ingest.readers.input import parse_inputs
from producer.ingest.readers.options import ReadingOptions
from producer.ingest.readers.row import Reject, Row
from schema.languages import read_language
from schema.reply_library import Macro, ReplyLibrary

#: Answers of a library: each is compared with each text.
MOST_MACROS = 2_000
#: Characters of an answer.
MOST_CHARACTERS = 10_000
#: Characters of a title that is made of what a customer says.
_MADE_TITLE = 60

#: What the columns may be called, the first the name that errors say.
_NAMES = {
    "title": ("title", "name", "macro"),
    "when": ("when", "description", "example", "examples"),
    "reply": ("reply", "answer", "response", "body", "text"),
    "language": ("language", "lang", "locale"),
    "sentiment": ("sentiment", "polarity"),
}
#: A place that is opened and not closed, or the other way round.
_WHOLE_PLACES = re.compile(r"\{\{[^{}]+\}\}|\{[^{}]+\}")


def read_library(path: str) -> ReplyLibrary:
    """Read a file of answers.

    Args:
        path: Of any format that `triage ingest` reads.

    Raises:
        IngestError: Names the file, the line, the column and what to do.
    """
    inputs = parse_inputs([path], ReadingOptions(), MOST_CHARACTERS)
    if len(inputs) != 1:
        raise IngestError(f"--replies {escaped(path)}: name one file, which has all answers")
    (one,) = inputs
    with one.open() as stream:
        reader = _Reader(escaped(one.name), _columns(escaped(one.name), stream.columns))
        macros = reader.macros(stream.rows)
    if not macros:
        raise IngestError(f"{reader.file} has no answers; write one a row")
    return ReplyLibrary.of(one.file_name, macros)


def _columns(file: str, there: Sequence[str]) -> dict[str, str]:
    """The column of each part of an answer, of those that are there."""
    by_name = {name.strip().casefold(): name for name in reversed(there)}
    found = {
        part: by_name[next(name for name in names if name in by_name)]
        for part, names in _NAMES.items()
        if any(name in by_name for name in names)
    }
    if "reply" not in found or not {"title", "when"} & found.keys():
        lacking = "reply" if "reply" not in found else "when"
        columns = ", ".join(repr(shown(name)) for name in there[:10])
        raise IngestError(
            f"{file} has no column {lacking!r} (it has {columns}); a reply library has the columns "
            "title, when (what a customer says whom it answers) and reply, and language if it has "
            "several: name them so in its first line"
        )
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    """Makes answers of the rows of one file.

    Attributes:
        file: As the user named it.
        columns: By part of an answer.
    """

    file: str
    columns: dict[str, str]

    def macros(self, rows: Iterable[Row | Reject]) -> list[Macro]:
        """The answers, in order.

        Raises:
            IngestError: If a row is none, or says the same as another.
        """
        found: list[Macro] = []
        titles: dict[tuple[str, str | None], int] = {}
        for row in rows:
            if isinstance(row, Reject):
                raise IngestError(f"{self.file}, line {row.line}: {row.reason}")
            macro = self._macro(row)
            before = titles.setdefault((macro.title.casefold(), macro.language), row.line)
            if before != row.line:
                raise self._error(
                    row, "title", f"line {before} has the same title; give each answer its own"
                )
            found.append(macro)
            if len(found) > MOST_MACROS:
                raise IngestError(
                    f"{self.file} has more than {MOST_MACROS} answers; leave out those that nobody "
                    "sends"
                )
        return found

    def _macro(self, row: Row) -> Macro:
        title, reply = self._value(row, "title"), self._value(row, "reply")
        when = [one.strip() for one in re.split(r"[\r\n|]+", self._value(row, "when"))]
        when = [one for one in when if any(map(str.isalnum, one))]
        if not reply:
            raise self._error(row, "reply", "empty; write the answer, or take the row out")
        if len(reply) > MOST_CHARACTERS:
            raise self._error(row, "reply", f"longer than {MOST_CHARACTERS:,} characters; cut it")
        if mark := re.search(r"[{}]", _WHOLE_PLACES.sub("", reply)):
            raise self._error(
                row,
                "reply",
                f"a {mark[0]} without its counterpart; write places to be filled as {{name}} or "
                "{{product}}",
            )
        if not when and not any(map(str.isalnum, title)):
            column = "when" if "when" in self.columns else "title"
            raise self._error(
                row, column, "empty; write what a customer says whom this answers, or an example"
            )
        return Macro(
            line=row.line,
            title=title or when[0][:_MADE_TITLE],
            when=tuple(when) or (title,),
            reply=reply,
            language=self._language(row),
            sentiment=self._sentiment(row),
        )

    def _sentiment(self, row: Row) -> str | None:
        given = self._value(row, "sentiment").casefold()
        if given not in ("", "negative", "positive"):
            raise self._error(
                row, "sentiment", "write negative or positive, or leave it empty for any customer"
            )
        return given or None

    def _language(self, row: Row) -> str | None:
        given = self._value(row, "language")
        language = read_language(given) if given else None
        if given and language is None:
            raise self._error(
                row, "language", "no language; write de or German, or leave it empty for any"
            )
        return language

    def _value(self, row: Row, part: str) -> str:
        value: Any = row.fields.get(self.columns.get(part, ""))
        return "" if value is None else str(value).strip()

    def _error(self, row: Row, part: str, what: str) -> IngestError:
        column = shown(self.columns.get(part, part))
        return IngestError(f"{self.file}, line {row.line}, column {column!r}: {what}")
