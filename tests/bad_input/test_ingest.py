"""`triage ingest` on generated files: every row is stored as it was, a duplicate, or rejected."""

from __future__ import annotations

import pytest
from hypothesis import given

from schema.settings import settings
from tests.bad_input.amounts import examples_of
from tests.bad_input.compressed_files import Cut, Packed, compressed_files, cut_files
from tests.bad_input.csv_files import csv_files
from tests.bad_input.damaged_files import damaged_files, random_files
from tests.bad_input.example import Example, TextFile, known
from tests.bad_input.ingesting import Ingesting, check_known, check_stored, count
from tests.bad_input.json_files import json_files
from tests.bad_input.jsonl_files import jsonl_files
from tests.bad_input.parquet_files import parquet_files
from tests.bad_input.sql_tables import Table, sql_tables
from tests.bad_input.workbook_files import workbook_files


@examples_of("csv")
@given(file=csv_files())
def test_csv(ingesting: Ingesting, file: TextFile) -> None:
    ingesting.example("csv", file.example())


@examples_of("jsonl")
@given(file=jsonl_files())
def test_jsonl(ingesting: Ingesting, file: TextFile) -> None:
    ingesting.example("jsonl", file.example())


@examples_of("json")
@given(example=json_files())
def test_json(ingesting: Ingesting, example: Example) -> None:
    ingesting.example("json", example)


@examples_of("workbook")
@given(example=workbook_files())
def test_workbook(ingesting: Ingesting, example: Example) -> None:
    ingesting.example("workbook", example)


@examples_of("parquet")
@given(example=parquet_files())
def test_parquet(ingesting: Ingesting, example: Example) -> None:
    ingesting.example("parquet", example)


@examples_of("sql")
@given(table=sql_tables())
def test_sql(ingesting: Ingesting, table: Table) -> None:
    ingesting.begin()
    left = ingesting.twice(table.argument(ingesting.folder / "shop.db"))
    check_known(left, table.known)
    count("sql", left)


@examples_of("cut")
@given(cut=cut_files())
def test_a_file_that_is_cut_off_keeps_its_whole_rows(ingesting: Ingesting, cut: Cut) -> None:
    left = ingesting.example("cut", Example(cut.name, cut.content, cut.file.arguments))
    check_stored(left.stored[: len(cut.whole)], cut.whole)
    # What is left of the row that is cut through may still look like one.
    assert len(left.stored) <= len(cut.whole) + 1


@examples_of("compressed")
@given(packed=compressed_files())
def test_half_a_compressed_file_keeps_the_blocks_before_and_resumes(
    ingesting: Ingesting, packed: Packed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_BLOCK_SIZE", "20")
    settings.cache_clear()
    half = Example(packed.name, packed.content[: packed.end], packed.file.arguments)
    left = ingesting.example("compressed", half)
    expected = known(packed.file.lines)
    check_stored(left.stored, expected.good[: len(left.stored)])
    if left.counts is None:
        assert len(left.rejects) + len(left.stored) <= len(packed.file.lines)
    path = ingesting.folder / packed.name
    path.write_bytes(packed.content)
    mended = ingesting.once(str(path), *packed.file.arguments)
    check_stored(mended.stored, expected.good)
    assert mended.counts is not None
    assert mended.counts[0] == len(packed.file.lines)
    assert expected.rejected == len(mended.rejects)
    if left.counts is None:
        # Else a row that is cut through was counted as a row.
        assert mended.run is not None
        assert mended.run["read"] == len(packed.file.lines)
        assert mended.run["rejected"] == expected.rejected


@examples_of("damaged")
@given(example=damaged_files())
def test_damaged_files(ingesting: Ingesting, example: Example) -> None:
    ingesting.example("damaged", example)


@examples_of("random")
@given(example=random_files())
def test_random_bytes(ingesting: Ingesting, example: Example) -> None:
    ingesting.example("random", example)
