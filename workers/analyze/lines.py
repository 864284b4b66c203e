"""Reading JSON Lines for `triage analyze`: a document, or a reason why not, for every line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from schema.document import Document
from schema.json_lines import JsonLineError, read_object, strip_line
from schema.languages import read_language

#: Characters of an id's JSON, which each answer repeats.
MOST_ID = 1_000
#: Bytes of a line, so that a file without line ends does not fill the memory; more where texts may
#: be so long that they need it when each character is escaped.
LEAST_LINE_LIMIT = 1 << 24
_ESCAPED = len(r"\ud83d\ude00")


class LineError(ValueError):
    """A line that is no document; the reason, without its text."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the input that is not blank.

    Attributes:
        id: As the line gives it, whatever JSON it is, else the number of the line.
        document: What the line says; its `id` is the number of the line.
        error: Why it says nothing, as `line 7: …`; then there is no document.
    """

    id: Any
    document: Document | None = None
    error: str = ""


def read_lines(source: IO[bytes], text_limit: int) -> Iterator[Line]:
    """Read lines of `{"id": …, "text": …, "language": …}` in UTF-8; only `text` must be there.

    Args:
        source: An open binary file.
        text_limit: Characters that a text may have.
    """
    limit = max(LEAST_LINE_LIMIT, 2 * _ESCAPED * text_limit)
    for number, line in enumerate(_short_lines(source, limit), start=1):
        if line is None:
            yield Line(number, error=f"line {number}: longer than {limit} bytes")
            continue
        given: Any = number
        try:
            stripped = strip_line(_text_of(line))
            if not stripped:
                continue
            fields = _object(stripped)
            given = _id(fields, number)
            document = Document(number, _text(fields, text_limit), _language(fields))
        except LineError as error:
            yield Line(given, error=f"line {number}: {error}")
        else:
            yield Line(given, document)


def _short_lines(source: IO[bytes], limit: int) -> Iterator[bytes | None]:
    """The lines; None for one that is too long, which is passed over."""
    while line := source.readline(limit):
        too_long = len(line) == limit and not line.endswith(b"\n")
        while too_long and (rest := source.readline(limit)) and not rest.endswith(b"\n"):
            pass
        yield None if too_long else line


def _id(fields: dict[str, Any], number: int) -> Any:
    given = fields.get("id")
    if given is None:
        return number
    try:
        written = json.dumps(given, allow_nan=False)
    except (ValueError, RecursionError):
        raise LineError('"id" is infinite, or nested too deep') from None
    if len(written) > MOST_ID:
        raise LineError(f'"id" has {len(written)} characters as JSON, {MOST_ID} are allowed')
    return given


def _text_of(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise LineError(f"not UTF-8 at byte {error.start + 1}; convert the file") from None


def _object(line: str) -> dict[str, Any]:
    try:
        return read_object(line)
    except JsonLineError as error:
        raise LineError(f'{error}; each line should be {{"id": …, "text": …}}') from None


def _text(fields: dict[str, Any], limit: int) -> str:
    if "text" not in fields:
        raise LineError('no "text"')
    text = fields["text"]
    if not isinstance(text, str):
        raise LineError('"text" is not a string')
    if not text.strip():
        raise LineError('"text" is empty')
    if len(text) > limit:
        raise LineError(f'"text" has {len(text)} characters, TRIAGE_TEXT_LIMIT is {limit}')
    if "\0" in text:
        raise LineError('"text" contains NUL')
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise LineError('"text" contains half of a surrogate pair')
    return text


def _language(fields: dict[str, Any]) -> str | None:
    if not (given := fields.get("language")):
        return None
    code = read_language(given)
    if code is None:
        raise LineError('"language" is neither a code like en or de-AT nor a name like German')
    return code
