from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path

import psycopg
import pytest

from producer.ingest.errors import IngestError
from tests.support.reading import read_path


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE reviews (id INTEGER, body TEXT)")
        connection.executemany(
            "INSERT INTO reviews VALUES (?, CAST(? AS TEXT))",
            [(1, "100% good"), (2, b"bro\xffken"), (3, None)],
        )
    connection.close()
    return path


def test_a_select_on_sqlite(shop: Path) -> None:
    before = shop.read_bytes()
    columns, good, bad = read_path(
        f"sql:sqlite:///{shop} SELECT id, body, ':x %s' AS odd FROM reviews ORDER BY id"
    )
    assert columns == ["id", "body", "odd"]
    assert [row.fields for row in good] == [
        {"id": 1, "body": "100% good", "odd": ":x %s"},
        {"id": 3, "body": None, "odd": ":x %s"},
    ]
    assert [(reject.line, reject.row["body"]) for reject in bad] == [(2, "bro\udcffken")]
    assert shop.read_bytes() == before
    assert [path.name for path in shop.parent.iterdir()] == ["shop.db"]


def test_a_select_on_postgresql(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE reviews (n bigserial, body text)")
        connection.execute(
            "INSERT INTO reviews (body) SELECT 'text ' || n FROM generate_series(1, 2500) AS n"
        )
    select = "WITH r AS (SELECT * FROM reviews) SELECT * FROM r WHERE body LIKE '%t%' ORDER BY n"
    _, good, _ = read_path(f"sql:{postgres_url} {select}")
    assert [row.fields["n"] for row in good] == list(range(1, 2501))
    assert good[-1].fields["body"] == "text 2500"
    with pytest.raises(IngestError, match="read-only transaction"):
        read_path(f"sql:{postgres_url} SELECT nextval('reviews_n_seq') AS text")


def test_columns_of_one_name_are_all_kept(shop: Path) -> None:
    columns, good, _ = read_path(f"sql:sqlite:///{shop} SELECT body AS text, id AS a, 2 AS a "
                                 "FROM reviews WHERE id = 1")  # fmt: skip
    assert columns == ["text", "a", "a 3"]
    assert good[0].fields == {"text": "100% good", "a": 1, "a 3": 2}


def test_json_that_python_cannot_hold_comes_as_text(postgres_url: str) -> None:
    deep, long = "[" * 5_000 + "]" * 5_000, "9" * 5_000
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE bombs (deep json, long jsonb, good jsonb)")
        connection.execute("INSERT INTO bombs VALUES (%s, %s, %s)", (deep, long, '{"a": [1]}'))
    _, (row,), _ = read_path(f"sql:{postgres_url} SELECT * FROM bombs")
    # Python holds deeper JSON from 3.13 on.
    held = deep if sys.version_info < (3, 13) else json.loads(deep)
    assert row.fields == {"deep": held, "long": long, "good": {"a": [1]}}


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("sql:sqlite:///gone.db SELECT 1", "gone.db of a sql: input does not exist"),
        ("sql:sqlite:///{shop} DELETE FROM reviews", "needs a SELECT"),
        ("sql:sqlite:///{shop}", "needs a SELECT"),
        ("sql:shop.db SELECT 1", "begins with a database URL"),
        ("sql:sqlite:///{shop} SELECT * FROM gone", "no such table: gone"),
        ("sql:oracle://h/d SELECT 1", "install its driver"),
        ("sql:postgresql://u:secret@h:port/d SELECT 1", "begins with a database URL"),
        ("sql:klingon://u:secret@h/d SELECT 1", r"u:\*\*\*@h.*klingon"),
    ],
)
def test_what_fails_is_said_in_a_sentence(shop: Path, argument: str, said: str) -> None:
    with pytest.raises(IngestError, match=said) as failure:
        read_path(argument.format(shop=shop))
    assert "secret" not in str(failure.value)
