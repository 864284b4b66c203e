"""Verification of the books: a run's counts, its positions, its jobs' slices and columns."""

from __future__ import annotations

from sqlalchemy import Engine, update

from schema.tables import Run
from tests.support.verified import Case, check_named, make_full_run, of, sql

BREAKS: dict[str, Case] = {
    "read": (
        sql('UPDATE runs SET "read" = 14'),
        None,
        "read 14 is not stored 13 + duplicate 0 + rejected 0",
        None,
        (),
    ),
    "stored": (
        sql('UPDATE runs SET stored = 14, "read" = 14'),
        None,
        "stored 14 is not 13 documents + 0 forgotten",
        None,
        (),
    ),
    "forgotten": (
        sql("UPDATE runs SET forgotten = 1"),
        None,
        "stored 13 is not 13 documents + 1 forgotten",
        None,
        (),
    ),
    "position": (
        sql("UPDATE run_documents SET position = 99 WHERE position = 5"),
        None,
        "position outside of the stored documents",
        None,
        (6,),
    ),
    "gap": (
        sql(f"UPDATE jobs SET first_position = 5 WHERE {of('qa', 4)}"),
        "qa",
        "job slice that leaves a gap before it",
        5,
        (),
    ),
    "overlap": (
        sql(f"UPDATE jobs SET end_position = 7 WHERE {of('qa', 4)}"),
        "qa",
        "job slice that overlaps the one before it",
        7,
        (),
    ),
    "empty slice": (
        sql(f"UPDATE jobs SET end_position = first_position WHERE {of('qa', 4)}"),
        "qa",
        "job slice that ends before it begins",
        None,
        (),
    ),
    "last slice gone": (
        sql(f"DELETE FROM jobs WHERE {of('summary', 12)}"),
        "summary",
        "job slices end at 12, not at stored 13",
        None,
        (),
    ),
    "dead letter without a job": (
        sql(f"DELETE FROM jobs WHERE {of('summary', 12)}"),
        "summary",
        "dead letter without a job",
        None,
        (13,),
    ),
    "result without a job": (
        sql(f"DELETE FROM jobs WHERE {of('entities', 2)}"),
        "entities",
        "result without a job",
        None,
        (3,),
    ),
    "state": (
        sql(f"UPDATE jobs SET state = 'asleep' WHERE {of('qa', 4)}"),
        "qa",
        "job in an unknown state",
        4,
        (),
    ),
    "lease": (
        sql(f"UPDATE jobs SET lease_until = NULL WHERE {of('qa', 6)}"),
        "qa",
        "running job without a lease",
        6,
        (),
    ),
    "worker": (
        sql(f"UPDATE jobs SET worker = NULL WHERE {of('qa', 6)}"),
        "qa",
        "running job without a worker",
        6,
        (),
    ),
    "attempts": (
        sql(f"UPDATE jobs SET attempts = -1 WHERE {of('qa', 6)}"),
        "qa",
        "job with negative attempts",
        6,
        (),
    ),
    "reused": (
        sql(f"UPDATE jobs SET reused = 3 WHERE {of('qa', 2)}"),
        "qa",
        "jobs.reused is more than its documents",
        2,
        (),
    ),
    "failed, done": (
        sql(f"UPDATE jobs SET failed = 2 WHERE {of('qa', 2)}"),
        "qa",
        "jobs.failed is not the number of dead letters",
        2,
        (),
    ),
    "failed, dead": (
        sql(f"UPDATE jobs SET failed = 0 WHERE {of('qa', 12)}"),
        "qa",
        "jobs.failed is not the number of dead letters",
        12,
        (),
    ),
    "unknown analysis of a job": (
        sql(f"UPDATE jobs SET analysis = 'mood' WHERE {of('qa', 4)}"),
        None,
        "job of an unknown analysis",
        4,
        (),
    ),
    "unknown analysis of a dead letter": (
        sql("UPDATE dead_letters SET analysis = 'mood' WHERE analysis = 'qa' AND document_id = 4"),
        None,
        "dead letter of an unknown analysis",
        None,
        (4,),
    ),
    "analysis that the run does not have": (
        lambda connection, run: connection.execute(update(Run).values(analyses=["sentiment"])),
        "summary",
        "job slices end at 13, not at stored 0",
        None,
        (),
    ),
}


def test_what_is_broken_is_named(engine: Engine) -> None:
    check_named(engine, make_full_run(engine), BREAKS)
