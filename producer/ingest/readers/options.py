"""How inputs are to be read, where the user says it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from producer.ingest.errors import IngestError


@dataclass(frozen=True)
class ReadingOptions:
    """What `triage ingest` is told of the form of its inputs; None: find it.

    Attributes:
        encoding: Of text files.
        delimiter: What cuts the rows of a CSV, one character or more.
        header_row: The physical line of a CSV's header, or the row of a workbook's, from 1; 0 where
            there is none.
        sheet: Of a workbook, by name.
        path: Where in a JSON file the list of rows is: keys with dots between them.
        text_lines: Whether a `.txt` has a text a line, and is no table.
    """

    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    sheet: str | None = None
    path: str | None = None
    text_lines: bool | None = None

    def __post_init__(self) -> None:
        if self.delimiter is not None:
            object.__setattr__(self, "delimiter", _named_delimiter(self.delimiter))
        if self.header_row is not None and self.header_row < 0:
            raise IngestError("--header-row counts from 1; 0 says that there is no header")

    def or_else(self, others: ReadingOptions) -> ReadingOptions:
        """These options, and others where these say nothing."""
        said = {name: value for name, value in asdict(self).items() if value is not None}
        return replace(others, **said)

    def given(self) -> dict[str, Any]:
        """What the user said, but for the encoding."""
        said = asdict(self)
        del said["encoding"]
        return {name: value for name, value in said.items() if value is not None}


def _named_delimiter(delimiter: str) -> str:
    delimiter = {"\\t": "\t", "tab": "\t", "TAB": "\t"}.get(delimiter, delimiter)
    if not delimiter or any(mark in delimiter for mark in '\r\n"\0'):
        raise IngestError(
            "--delimiter is empty, or has a quotation mark or a line end in it; write e.g. "
            "--delimiter ';', or --delimiter tab"
        )
    return delimiter
