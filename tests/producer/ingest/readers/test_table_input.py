"""A table in memory as an input."""

from __future__ import annotations

from producer.ingest.readers.row import Reject, Row
from producer.ingest.readers.table_input import table_input


def test_its_rows_are_numbered_and_may_be_read_again() -> None:
    one = table_input("shop", {"id": [1, 2], "text": ["It broke.", None]})
    for _ in range(2):
        with one.open() as stream:
            assert stream.columns == ["id", "text"]
            assert list(stream.rows) == [
                Row(1, {"id": 1, "text": "It broke."}),
                Row(2, {"id": 2, "text": None}),
            ]


def test_half_a_surrogate_pair_is_a_reject() -> None:
    with table_input("shop", {"text": ["\udcff", "fine"]}).open() as stream:
        broken, fine = stream.rows
    assert isinstance(broken, Reject) and (broken.file, broken.line) == ("shop", 1)
    assert isinstance(fine, Row)
