"""What the tests of ingestion share: files of feedback, and all that an ingestion leaves behind."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Row, func, select

from producer.ingest import Ingested, ingest, make_plan
from schema.database import open_engine, reading
from schema.migrations.revision import upgrade
from schema.settings import read_settings
from schema.tables import DocumentRow, Job, Run, RunDocument
from schema.verification import verify


def write_csv(path: Path, rows: Iterable[Iterable[object]], header: str = "id,text") -> Path:
    """A CSV file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header.split(","))
        writer.writerows(rows)
    return path


def run_ingest(
    engine: Engine,
    *paths: Path | str,
    block_size: int = 10,
    notify: Callable[[str], None] = lambda _: None,
    **asked: Any,
) -> Ingested:
    """Ingest with small blocks."""
    config = read_settings().model_copy(update={"block_size": block_size})
    plan = make_plan(config, [str(path) for path in paths], **asked)
    return ingest(engine, config, plan, notify=notify)


def positions(engine: Engine, run: str) -> list[Row[Any]]:
    """The run's documents in order: position, identity, text, metadata and so on, but no ids."""
    wanted = [
        column
        for column in DocumentRow.__table__.c
        if column.name not in ("id", "first_id", "stored_at")
    ]
    statement = (
        select(RunDocument.position, *wanted)
        .join(DocumentRow, DocumentRow.id == RunDocument.document_id)
        .join(Run, Run.id == RunDocument.run_id)
        .where(Run.name == run)
        .order_by(RunDocument.position)
    )
    with reading(engine) as connection:
        return list(connection.execute(statement))


def jobs(engine: Engine, run: str) -> list[tuple[str, int, int]]:
    """The run's jobs: analysis, first position, end position."""
    statement = (
        select(Job.analysis, Job.first_position, Job.end_position)
        .join(Run, Run.id == Job.run_id)
        .where(Run.name == run)
        .order_by(Job.analysis, Job.first_position)
    )
    with reading(engine) as connection:
        return [(row[0], row[1], row[2]) for row in connection.execute(statement)]


def run_row(engine: Engine, run: str) -> dict[str, Any]:
    """The run itself."""
    with reading(engine) as connection:
        row = connection.execute(select(Run.__table__).where(Run.name == run)).one()
    return dict(row._mapping)


def counted(engine: Engine, run: str) -> tuple[int, int, int, int]:
    """Rows of the run by its own counts: read, stored, duplicate, rejected."""
    row = run_row(engine, run)
    return row["read"], row["stored"], row["duplicate"], row["rejected"]


def check_run(engine: Engine, run: str) -> None:
    """Positions have no gaps, each document is there once, each analysis has each once, and so does
    the run's count of rows have each row of its inputs."""
    row, places, work = run_row(engine, run), positions(engine, run), jobs(engine, run)
    assert verify(engine, row["id"]) == []
    documents = row["stored"] + row["updated_positions"]
    assert [place[0] for place in places] == list(range(documents))
    assert len({place.identity for place in places}) == documents
    assert row["read"] == row["stored"] + row["updated"] + row["duplicate"] + row["rejected"]
    for analysis in row["analyses"]:
        slices = [(first, end) for name, first, end in work if name == analysis]
        covered = [position for first, end in slices for position in range(first, end)]
        assert covered == list(range(documents))
    assert {name for name, _, _ in work} <= set(row["analyses"])


def undisturbed(folder: Path, *paths: Path, **asked: Any) -> tuple[list[Any], list[Any], str]:
    """What an ingestion that nobody disturbs leaves in a database of its own: documents, jobs, and
    the content of its rejects."""
    folder.mkdir()
    engine = open_engine(f"sqlite:///{folder / 'undisturbed.db'}")
    upgrade(engine)
    done = run_ingest(engine, *paths, **asked)
    rejects = done.rejects.read_text("utf-8") if done.rejects.exists() else ""
    done.rejects.unlink(missing_ok=True)
    left = positions(engine, done.run), jobs(engine, done.run), rejects
    engine.dispose()
    return left


def count(engine: Engine, table: type) -> int:
    """The rows of a table."""
    with reading(engine) as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
