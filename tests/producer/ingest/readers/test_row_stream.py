from __future__ import annotations

from producer.ingest.readers.row import Reject, Row
from producer.ingest.readers.row_stream import (
    SAMPLE_CHARACTERS,
    SAMPLE_ROWS,
    look_ahead,
    unique_names,
)


def test_a_look_ahead_loses_nothing_and_stops_early_at_long_rows() -> None:
    short: list[Row | Reject] = [Row(n, {}, 10) for n in range(1_000)]
    long: list[Row | Reject] = [
        Reject("a.csv", n, "too long", "", SAMPLE_CHARACTERS // 3) for n in range(1_000)
    ]
    for rows, size in ((short, SAMPLE_ROWS), (long, 4), (short[:3], 3)):
        sample, everything = look_ahead(iter(rows))
        assert len(sample) == size
        assert list(everything) == rows


def test_every_column_has_a_name_of_its_own() -> None:
    assert unique_names(["a", "a", "", "a", "a 2"]) == ["a", "a 2", "column 3", "a 4", "a 2 5"]
    assert len(set(unique_names(["", "x"] * 100_000))) == 200_000
