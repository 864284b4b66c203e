"""A node that is started before the database is upgraded, and one that works beside a newer one."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, func, select, text

from schema.broker.app import make_app
from schema.broker.messages import Messages
from schema.database import open_engine, reading, writing
from schema.ledger.dispatch import dispatch
from schema.migrations.revision import alembic_config, known_revisions, upgrade
from schema.settings import read_settings
from schema.tables import DeadLetter, Job, JobState
from tests.end_to_end.node import PATIENCE, running_node
from tests.support.ledger import jobs, make_run
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow

OLDER = known_revisions()[-2]


@pytest.mark.usefixtures("redis_url")
def test_a_node_waits_for_the_upgrade_and_works_on_beside_the_next(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_DATABASE_URL", database_url)
    engine = open_engine(database_url)
    with writing(engine) as connection:
        command.upgrade(alembic_config(connection), OLDER)
    run = make_run(engine, ["It was late.", "It was fine."], job_size=1)
    with running_node(tmp_path, ["sentiment"]) as node:
        node.wait_for_text("run: triage init; this worker waits for it")
        assert not node.loads()
        upgrade(engine)
        node.wait_for_loads(1)
        wait_until(lambda: _is_done(engine, run), PATIENCE)
        # The next version has upgraded it, and this one goes on.
        with writing(engine) as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        later = make_run(engine, ["It was early."], name="later")
        messages = Messages(make_app(read_settings()))
        dispatch(engine, messages.publish, "sentiment", 4)
        wait_until(lambda: _is_done(engine, later), PATIENCE)
    said = node.text()
    assert said.count("this worker waits for it") == 1
    assert "cannot start" not in said
    assert "maintenance failed" not in said
    assert {job.attempts for job in jobs(engine)} == {1}
    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(DeadLetter)).scalar_one() == 0


def _is_done(engine: Engine, run: int) -> bool:
    with reading(engine) as connection:
        left = select(func.count(Job.id)).where(Job.run_id == run, Job.state != JobState.DONE)
        return connection.execute(left).scalar_one() == 0
