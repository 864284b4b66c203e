"""The made-up database of the benchmark of reports: each query finds something, from rollups the
same as without.
"""

from __future__ import annotations

from sqlalchemy import Engine

from benchmarks.reports.build import build
from benchmarks.reports.queries import queries, reads_rollups
from schema.database import reading, writing
from schema.verification import verify
from schema.views import refresh
from schema.views.triggers import mark_all

ROWS = 1_200


def answers(engine: Engine) -> dict[str, list[str]]:
    with reading(engine) as connection:
        return {name: sorted(map(repr, query(connection))) for name, query in queries()}


def test_queries_say_the_same_from_rollups_as_without(engine: Engine) -> None:
    build(engine, ROWS)
    assert refresh(engine) == 1
    found = answers(engine)
    empty = {name for name, rows in found.items() if not rows}
    assert empty <= {"asks", "corrected-shares", "replies", "v_mentions of an entity"}
    assert sum(reads_rollups(name) for name in found) >= 15
    with writing(engine) as connection:
        mark_all(connection)
    assert answers(engine) == found
    assert refresh(engine) == 1
    rollups = [one for one in verify(engine) if one.check.startswith("rollup")]
    assert rollups == []
