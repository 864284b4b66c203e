"""The reports on runs, their models and what went wrong in them."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Engine, insert, update

from schema.database import reading, writing
from schema.database.clock import now
from schema.status.progress import all_progress
from schema.tables import DeadLetter, JobState, Run
from tests.support.feedback import add_job, add_model
from tests.support.report_rows import rows
from tests.support.two_runs import seed


def test_ledger_reports(engine: Engine) -> None:
    autumn, _ = seed(engine)
    with writing(engine) as connection:
        for worker, size, failed, seconds in (
            ("w0", 4, 1, 2.0),
            ("w1", 2, 0, 4.0),
            ("w0", 4, 0, 2),
        ):
            done = {"worker": worker, "failed": failed, "seconds": seconds}
            add_job(connection, autumn, "sentiment", JobState.DONE, size, **done)
        for state, size in (("running", 3), ("queued", 2), ("pending", 1)):
            add_job(connection, autumn, "sentiment", JobState(state), size)
        add_job(connection, autumn, "sentiment", JobState.DEAD, 1, failed=1)
        add_job(connection, autumn, "sentiment", JobState.CANCELLED, 7)
        model = add_model(connection, autumn, "sentiment", "acme/feelings")
        letter = {"run_id": autumn, "analysis": "sentiment", "attempts": 1}
        letter |= {"error_class": "ValueError", "message": "empty after tokenising"}
        failed_at = datetime(2026, 10, 8, 12, tzinfo=UTC)
        for document, more in ((1, {}), (2, {"attempts": 3})):
            row = letter | more | {"document_id": document, "model_id": model}
            connection.execute(insert(DeadLetter).values(**row, failed_at=failed_at))
        row = letter | {"document_id": 3, "error_class": "WorkerLost"}
        connection.execute(insert(DeadLetter).values(**row, failed_at=failed_at))
    # By their text, since 17 == 17.0: sums are whole numbers on both databases.
    assert str(rows(engine, "run-progress")) == "[('autumn', 'sentiment', 24, 9, 3, 3, 2, 7, 0)]"
    with reading(engine) as connection:
        _, run = all_progress(connection)
    one = run.analyses[0]
    assert (one.documents, one.done, one.in_flight, one.waiting, one.dead) == (24, 9, 3, 3, 2)
    assert rows(engine, "throughput") == [
        ("w0", "sentiment", 2, 8, 4.0, 2.0),
        ("w1", "sentiment", 1, 2, 4.0, 0.5),
    ]
    message = "empty after tokenising"
    assert rows(engine, "dead-letters") == [
        ("sentiment", "ValueError", message, "acme/feelings", 2, 3, failed_at, failed_at),
        ("sentiment", "WorkerLost", message, None, 1, 1, failed_at, failed_at),
    ]
    assert rows(engine, "models") == [
        ("autumn", "sentiment", "acme/feelings", "714eb0f", '{"dtype": "float32"}')
    ]
    assert [row[:2] + row[4:] for row in rows(engine, "runs")] == [
        ("again", "ingested", 2, 2, 0, 0, 0, 0),
        ("autumn", "ingested", 8, 5, 0, 1, 2, 0),
    ]
    for column, word in (("paused_at", "paused"), ("cancelled_at", "cancelled")):
        with writing(engine) as connection:
            connection.execute(update(Run).where(Run.name == "again").values({column: now()}))
        assert [row[1] for row in rows(engine, "runs")] == [word, "ingested"]
