"""Documents in the text format of COPY."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from producer.ingest.readers.row import Row
from producer.ingest.storage.copy_lines import COLUMNS, ROWS, feedback_line, in_chunks
from producer.ingest.validation.feedback import Feedback

_TEXTS = st.one_of(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    st.sampled_from(["\\N", "\\.", "a\tb", "a\r\nb", "\\\\t", ""]),
)
_MARKS = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}


def read_line(line: str) -> list[str | None]:
    """The values of a line, as PostgreSQL's manual says that COPY reads it."""
    assert line.endswith("\n")
    assert line.count("\n") == 1
    return [
        None if value == "\\N" else re.sub(r"\\(.)", lambda found: _MARKS[found[1]], value)
        for value in line[:-1].split("\t")
    ]


@given(text=_TEXTS, other=st.one_of(st.none(), _TEXTS), rating=st.sampled_from([None, 4.5, 1e-7]))
def test_a_line_says_what_the_document_has(
    text: str, other: str | None, rating: float | None
) -> None:
    time = None if other is None else datetime(2026, 10, 5, 1, 2, 3, 45, UTC)
    scale = None if rating is None else 5
    row, metadata = Row(1, {}), f'{{"{text}":1}}'
    one = Feedback(
        row, "a.csv", "id", "shop", other, "hash", text, time, "de", other, metadata, rating,
        scale, other, other, "metadata hash",
    )  # fmt: skip
    values = dict(zip(COLUMNS, read_line(feedback_line(one)), strict=True))
    expected = {
        name: None if (value := getattr(one, name)) is None else str(value)
        for name in COLUMNS
        if name != "time"
    }
    assert values == expected | {"time": time and time.isoformat()}


def test_lines_are_sent_together() -> None:
    lines = [f"{number}\n" for number in range(ROWS + 3)]
    assert list(in_chunks(lines)) == ["".join(lines[:ROWS]), "".join(lines[ROWS:])]
    assert list(in_chunks([])) == []
