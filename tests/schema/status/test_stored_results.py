"""What is stored about a document: of each analysis the result that counts, or that of a run."""

from __future__ import annotations

from sqlalchemy import Engine

from schema.database import reading
from schema.ledger.prefer import prefer
from schema.status.stored_results import stored_results
from tests.support.two_runs import seed


def runs_of_first(engine: Engine, run_id: int | None = None) -> dict[str, str]:
    with reading(engine) as connection:
        return {one.analysis: one.run for one in stored_results(connection, 1, run_id)}


def test_the_newest_result_counts_unless_a_run_is_preferred(engine: Engine) -> None:
    autumn, again = seed(engine)
    newest = {"sentiment": "again", "entities": "autumn", "qa": "autumn", "summary": "again"}
    assert runs_of_first(engine) == newest
    assert set(runs_of_first(engine, autumn).values()) == {"autumn"}
    prefer(engine, autumn)
    assert set(runs_of_first(engine).values()) == {"autumn"}
    prefer(engine, again)
    assert runs_of_first(engine) == newest
