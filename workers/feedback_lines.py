"""Reading JSON Lines for `triage analyze`: a document, or a reason why not, for every line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from schema.document import Document

#: The language of a document of which nobody said it.
DEFAULT_LANGUAGE = "en"

_LANGUAGE = re.compile(r"[a-z]{2,3}(?=$|[-_])")
#: NaN and its like are no JSON, and nothing that is asked for here.
_loads = json.JSONDecoder(parse_constant=lambda _name: None).decode


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


def read_lines(raw: Iterable[bytes]) -> Iterator[Line]:
    """Read lines of `{"id": …, "text": …, "language": …}` in UTF-8; only `text` must be there.

    Args:
        raw: Lines, as an open binary file gives them.
    """
    for number, line in enumerate(raw, start=1):
        stripped = line.removeprefix(b"\xef\xbb\xbf").strip()
        if not stripped:
            continue
        given: Any = number
        try:
            fields = _object(stripped)
            given = number if fields.get("id") is None else fields["id"]
            document = Document(number, _text(fields), _language(fields))
        except LineError as error:
            yield Line(given, error=f"line {number}: {error}")
        else:
            yield Line(given, document)


def _object(line: bytes) -> dict[str, Any]:
    try:
        fields = _loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise LineError(f"not UTF-8 at byte {error.start + 1}; convert the file") from None
    except json.JSONDecodeError as error:
        raise LineError(f"not JSON: {error.msg} at character {error.pos + 1}") from None
    except (ValueError, RecursionError):
        raise LineError(
            "not JSON that can be read: nested too deep, or too long a number"
        ) from None
    if not isinstance(fields, dict):
        raise LineError('not an object; each line should be {"id": …, "text": …}')
    return fields


def _text(fields: dict[str, Any]) -> str:
    if "text" not in fields:
        raise LineError('no "text"')
    text = fields["text"]
    if not isinstance(text, str):
        raise LineError('"text" is not a string')
    if not text.strip():
        raise LineError('"text" is empty')
    if "\0" in text:
        raise LineError('"text" contains NUL')
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise LineError('"text" contains half of a surrogate pair')
    return text


def _language(fields: dict[str, Any]) -> str:
    given = fields.get("language") or DEFAULT_LANGUAGE
    code = _LANGUAGE.match(given.strip().lower()) if isinstance(given, str) else None
    if code is None:
        raise LineError('"language" is not a code like en or de-AT')
    return code[0]
