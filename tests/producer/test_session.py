"""Rollups are brought up to date by whoever reports, if he may write."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from producer.session import refresh_rollups
from schema.database import open_engine, reading
from schema.migrations.revision import upgrade
from schema.reports import find_report, run_report
from schema.tables import RollupStale
from tests.support.two_runs import seed


def test_who_may_only_read_has_the_same_report(tmp_path: Path) -> None:
    file = tmp_path / "triage.db"
    engine = open_engine(f"sqlite:///{file}")
    upgrade(engine)
    seed(engine)
    only_read = open_engine(f"sqlite:///file:{file}?mode=ro&uri=true")
    refresh_rollups(only_read)
    with reading(only_read) as connection:
        assert connection.execute(select(RollupStale.block)).scalars().all() == [0]
        before = list(run_report(connection, find_report("sentiment-by-product")).rows)
    refresh_rollups(engine)
    with reading(engine) as connection:
        assert connection.execute(select(RollupStale.block)).scalars().all() == []
        assert list(run_report(connection, find_report("sentiment-by-product")).rows) == before
    engine.dispose()
    only_read.dispose()
