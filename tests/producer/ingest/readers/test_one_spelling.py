"""Fields that two programs spell in two ways."""

from __future__ import annotations

from collections.abc import Iterator

from producer.ingest.readers.one_spelling import with_one_spelling
from producer.ingest.readers.row import Reject, Row


def test_two_spellings_are_one_column() -> None:
    def rows() -> Iterator[Row | Reject]:
        yield Row(1, {"id": 1, "text": "a", "Other": 1})
        yield Row(2, {"ID": 2, "Text": "b", "other": 2})
        yield Row(3, {"text": "c", "Text": "d"})

    columns = ["id", "text", "Other", "ID", "Text", "other"]
    read = [
        row.fields
        for row in with_one_spelling(rows(), columns, ["id", "text"])
        if isinstance(row, Row)
    ]
    assert read == [
        {"id": 1, "text": "a", "Other": 1},
        {"id": 2, "text": "b", "other": 2},
        {"text": "c", "Text": "d"},
    ]
