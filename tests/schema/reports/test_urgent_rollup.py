"""What `urgent` lists is the same whether it was worked out beforehand, in part, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, select, text, update

from schema.database import reading, writing
from schema.ledger.forget import Which, forget
from schema.ledger.prefer import prefer
from schema.reports import Condition, ReportOptions, find_report, run_report
from schema.reports.period import Period
from schema.reports.urgent_rollup import refresh_urgent
from schema.results.sentiment import SentimentRow
from schema.tables import DocumentRow, NearDuplicateRow, RollupUrgent, RollupUrgentBlock
from schema.views import refresh
from schema.views.refresh import LOCK
from schema.views.rollup import BLOCK
from tests.support.feedback import add_document, add_result, add_run, add_to_run

#: In each of three blocks.
TEXTS = (
    ("It caught fire.", "negative"),
    ("I was charged twice!", "negative"),
    ("I was charged twice", "negative"),
    ("The colour is off.", "negative"),
    ("It is fine, and safe.", "positive"),
)
LAST = Period(since=datetime(2026, 10, 3, tzinfo=UTC))
KETTLES = (Condition("d.product = :of_product", {"of_product": "Kettle"}),)

#: Asks for what the rollup of a document has not.
OLD = (Condition("length(d.text) < :length", {"length": 18}),)


@pytest.fixture
def run(engine: Engine) -> int:
    with writing(engine) as connection:
        run = add_run(connection, "autumn")
        documents = []
        for block in range(3):
            for place, (said, polarity) in enumerate(TEXTS):
                number = block * BLOCK + place + 1
                product = "Kettle" if place % 2 else "Toaster"
                time = f"2026-10-{block * 2 + 1:02}T10:00:{place:02}Z"
                add_document(connection, number, said, time, id=number, product=product)
                add_result(connection, "sentiment", run, number, label="X", polarity=polarity)
                documents.append(number)
        add_to_run(connection, run, documents)
    return run


def listed(engine: Engine, **options: Any) -> list[Any]:
    with reading(engine) as connection:
        return list(run_report(connection, find_report("urgent"), ReportOptions(**options)).rows)


def everything(engine: Engine) -> list[list[Any]]:
    """With each kind of what may be asked for."""
    asked: list[dict[str, Any]] = [{}, {"limit": 2}, {"period": LAST}, {"where": KETTLES}]
    asked += [{"where": OLD}]
    return [listed(engine, **options) for options in asked]


def forget_rollup(engine: Engine) -> None:
    with writing(engine) as connection:
        for table in (RollupUrgent, RollupUrgentBlock):
            connection.execute(delete(table))


def known(engine: Engine) -> list[int]:
    with reading(engine) as connection:
        return sorted(connection.execute(select(RollupUrgentBlock.block)).scalars())


def check(engine: Engine, blocks: int) -> None:
    """From what was kept the same comes as without, and as from some blocks of it."""
    refresh(engine)
    assert refresh_urgent(engine) == blocks
    assert known(engine) == [0, 1, 2]
    kept = everything(engine)
    with writing(engine) as connection:
        for table in (RollupUrgent, RollupUrgentBlock):
            connection.execute(delete(table).where(table.block == 1))
    assert everything(engine) == kept
    forget_rollup(engine)
    assert everything(engine) == kept
    assert refresh_urgent(engine) == 3


def test_nothing_is_known_of_blocks_that_are_stale(engine: Engine, run: int) -> None:
    assert refresh_urgent(engine) == 0
    first = everything(engine)
    assert [len(rows) for rows in first] == [2, 2, 2, 1, 1]
    assert [row[-1] for row in first[0]] == [3, 6]
    check(engine, 3)
    assert everything(engine) == first
    assert refresh_urgent(engine) == 0


def test_what_changes_is_worked_out_anew(engine: Engine, run: int) -> None:
    check(engine, 3)
    before = everything(engine)
    with writing(engine) as connection:
        of_first = SentimentRow.document_id == 1
        connection.execute(update(SentimentRow).where(of_first).values(polarity="positive"))
    # At once, before anything is worked out anew.
    assert everything(engine) != before
    check(engine, 1)
    with writing(engine) as connection:
        other = add_run(connection, "other")
        add_to_run(connection, other, [BLOCK + 1])
        add_result(connection, "sentiment", other, BLOCK + 1, label="X", polarity="positive")
    check(engine, 1)
    assert prefer(engine, run)
    check(engine, 3)
    with writing(engine) as connection:
        said = DocumentRow.id == 2 * BLOCK + 4
        connection.execute(update(DocumentRow).where(said).values(text="It exploded."))
    check(engine, 1)
    assert [row[-1] for row in listed(engine, limit=1)] == [1]


def test_copies_are_grouped_as_they_are_now(engine: Engine, run: int) -> None:
    check(engine, 3)
    groups = [{"document_id": one, "group_id": 1, "is_equal": False} for one in (1, 2)]
    with writing(engine) as connection:
        connection.execute(insert(NearDuplicateRow), groups)
    assert [row[-1] for row in listed(engine)] == [2, 2, 5]


def test_other_rules_list_anew(engine: Engine, run: int, monkeypatch: pytest.MonkeyPatch) -> None:
    check(engine, 3)
    with writing(engine) as connection:
        connection.execute(update(RollupUrgent).values(score=100))
    assert {row[8] for row in listed(engine)} != {100}
    monkeypatch.setattr("schema.reports.urgent_rollup.rules_version", lambda: "other")
    assert len(listed(engine)) == 2
    assert refresh_urgent(engine) == 3


def test_what_a_customer_said_is_forgotten(engine: Engine, run: int) -> None:
    check(engine, 3)
    assert list(forget(engine, Which("external_id", "1", "test")))
    with reading(engine) as connection:
        assert set(connection.execute(select(RollupUrgent.block)).scalars()) == {1, 2}
    assert known(engine) == [1, 2]


def test_a_run_is_read_by_itself(engine: Engine, run: int) -> None:
    check(engine, 3)
    with writing(engine) as connection:
        connection.execute(delete(RollupUrgent))
    assert listed(engine) == []
    assert len(listed(engine, run_id=run)) == 2


def test_one_process_at_a_time_works_it_out(engine: Engine, run: int) -> None:
    if engine.dialect.name != "postgresql":
        pytest.skip("writers of SQLite take turns anyway")
    refresh(engine)
    with writing(engine) as other:
        other.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        assert refresh_urgent(engine) == 0
    assert refresh_urgent(engine) == 3
