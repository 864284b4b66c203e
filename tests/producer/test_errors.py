"""What a database says, in one line."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError

from producer.errors import database_failed


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("no such table\nCONTEXT: COPY staged, line 1: a secret", "no such table"),
        ("\n  late\nDETAIL: a secret", "late"),
        ("", "ConnectionError"),
        ("\n", "ConnectionError"),
    ],
)
def test_only_the_first_line_and_a_name_where_there_is_none(said: str, shown: str) -> None:
    error = DBAPIError("SELECT 1", None, ConnectionError(said))
    assert str(database_failed(error)) == f"the database failed: {shown}"
