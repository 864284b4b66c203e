"""Every query on the pages runs, on both databases."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import Engine, text

from schema.database import reading
from tests.docs.shell_blocks import PAGES, ROOT

#: The page says of it what PostgreSQL wants in its place.
OF_SQLITE = ("json_extract(d.metadata, '$.plan')", "d.metadata ->> 'plan'")


def queries() -> list[tuple[str, str]]:
    """Page and text of each."""
    found = []
    for page in PAGES:
        blocks = re.findall(r"^```sql\n(.*?)^```", (ROOT / page).read_text("utf-8"), re.M | re.S)
        found += [(page, query) for block in blocks for query in block.strip().split("\n\n")]
    return found


QUERIES = queries()


def test_there_are_as_many_as_one_thinks() -> None:
    assert {page for page, _ in QUERIES} >= {"README.md", "docs/analyst.md", "docs/views.md"}


@pytest.mark.parametrize(("page", "query"), QUERIES, ids=[page for page, _ in QUERIES])
def test_a_query_runs(engine: Engine, page: str, query: str) -> None:
    if engine.dialect.name == "postgresql":
        query = query.replace(*OF_SQLITE)
    with reading(engine) as connection:
        assert connection.execute(text(query.rstrip().rstrip(";"))).keys()


def test_the_page_says_what_postgresql_wants() -> None:
    page = (ROOT / "docs/analyst.md").read_text("utf-8")
    assert all(f"{way}" in page for way in OF_SQLITE)
