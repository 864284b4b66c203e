"""The same on PostgreSQL, which is stricter than SQLite about what it stores."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bad_input.amounts import examples_of
from tests.bad_input.csv_files import csv_files
from tests.bad_input.example import Example
from tests.bad_input.ingesting import Ingesting
from tests.bad_input.jsonl_files import jsonl_files
from tests.bad_input.parquet_files import parquet_files

_EXAMPLES = st.one_of(
    csv_files().map(lambda file: file.example()),
    jsonl_files().map(lambda file: file.example()),
    parquet_files(),
)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@examples_of("postgresql")
@given(example=_EXAMPLES)
def test_postgresql(ingesting_in_postgresql: Ingesting, example: Example) -> None:
    ingesting_in_postgresql.example("postgresql", example)
