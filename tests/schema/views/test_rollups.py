"""Rollups: always what the plain SELECTs say, whatever changes, and whatever is worked out anew."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, select, text, update

from schema.database import reading, writing
from schema.database.clock import now
from schema.ledger.delete import begin_deletion, delete_run
from schema.ledger.forget import Which, forget
from schema.ledger.prefer import prefer, stop_preferring
from schema.reports import Condition, ReportOptions, find_report, reports, run_report
from schema.results.sentiment import SentimentRow
from schema.tables import (
    DocumentRow,
    RollupAnswer,
    RollupDocument,
    RollupEntity,
    RollupResult,
    RollupStale,
)
from schema.verification import verify
from schema.views import VIEWS, refresh
from schema.views.refresh import LOCK
from schema.views.rollup import BLOCK
from tests.support.feedback import add_document, add_result, add_run, add_to_run
from tests.support.two_runs import WANT, seed

SOME = ReportOptions(where=(Condition("d.product = :product", {"product": "Kettle"}),))
NAMES = [*(report.name for report in reports()), *(view.name for view in VIEWS)]


def everything(engine: Engine) -> dict[str, list[Any]]:
    """What every report and view says; views have no order of their own."""
    found = {}
    with reading(engine) as connection:
        for name in NAMES:
            rows = list(run_report(connection, find_report(name)).rows)
            found[name] = sorted(rows, key=repr) if name.startswith("v_") else rows
        of_some = run_report(connection, find_report("sentiment-by-product"), SOME)
        found["of some"] = list(of_some.rows)
    return found


def stale(engine: Engine) -> list[int]:
    with reading(engine) as connection:
        return sorted(set(connection.execute(select(RollupStale.block)).scalars()))


def check(engine: Engine) -> None:
    """All is the same from rollups, from plain SELECTs, and from some of both."""
    mixed = everything(engine)
    with writing(engine) as connection:
        blocks = [{"block": block} for block in (0, 1, 2)]
        connection.execute(insert(RollupStale), blocks)
    assert mixed == everything(engine)
    assert refresh(engine) == 3
    assert stale(engine) == []
    assert mixed == everything(engine)
    assert verify_rollups(engine) == []


def verify_rollups(engine: Engine) -> list[Any]:
    return [one for one in verify(engine) if one.check.startswith("rollup")]


def seed_two_blocks(engine: Engine) -> tuple[int, int]:
    """The two runs, and a third over documents of another block."""
    autumn, again = seed(engine)
    with writing(engine) as connection:
        far = [
            add_document(connection, number, "A Nimbus", id=BLOCK + number, product="Kettle")
            for number in (10, 11)
        ]
        third = add_run(connection, "third", read=2, stored=2)
        add_to_run(connection, third, far)
        for document in far:
            row = {"label": "NEGATIVE", "polarity": "negative"}
            add_result(connection, "sentiment", third, document, **row)
            add_result(connection, "entities", third, document, type="ORG", text="Nimbus")
            add_result(connection, "qa", third, document, question=WANT, answer="a Refund")
            language = {"language": "en", "unsure": False, "origin": "text"}
            add_result(connection, "language", third, document, **language)
    return autumn, again


def test_rollups_are_what_the_plain_selects_say(engine: Engine) -> None:
    seed_two_blocks(engine)
    assert stale(engine) == [0, 1]
    check(engine)
    with reading(engine) as connection:
        assert len(connection.execute(select(RollupDocument.id)).all()) == 7
        (named,) = (
            row for row in run_report(connection, find_report("entities")).rows if row[1] == "ORG"
        )
    assert named[:2] == ("Nimbus", "ORG")


def test_they_stay_so_whatever_changes(engine: Engine) -> None:
    autumn, again = seed_two_blocks(engine)
    check(engine)
    assert prefer(engine, autumn)
    assert stale(engine) == [0]
    check(engine)
    assert stop_preferring(engine, autumn)
    assert stale(engine) == [0]
    check(engine)
    with writing(engine) as connection:
        far = DocumentRow.id == BLOCK + 10
        connection.execute(update(DocumentRow).where(far).values(product="Toaster"))
    assert stale(engine) == [1]
    check(engine)
    with writing(engine) as connection:
        connection.execute(update(DocumentRow).where(DocumentRow.id == 2).values(gone_at=now()))
        replaced = {"replaced_at": now(), "identity": "old~1"}
        connection.execute(update(DocumentRow).where(DocumentRow.id == 3).values(replaced))
    assert stale(engine) == [0]
    check(engine)
    with writing(engine) as connection:
        of_far = SentimentRow.document_id == BLOCK + 11
        connection.execute(delete(SentimentRow).where(of_far))
    assert stale(engine) == [1]
    check(engine)
    begin_deletion(engine, again)
    assert list(delete_run(engine, again))
    assert stale(engine) == [0]
    check(engine)


def test_what_a_customer_said_is_forgotten_at_once(engine: Engine) -> None:
    seed_two_blocks(engine)
    refresh(engine)
    answers = select(RollupAnswer.grouped)
    with reading(engine) as connection:
        assert "new lid" in connection.execute(answers).scalars().all()
    assert list(forget(engine, Which("external_id", "3", "shop")))
    with reading(engine) as connection:
        assert "new lid" not in connection.execute(answers).scalars().all()
    assert stale(engine) == [0]
    check(engine)


def test_what_commits_meanwhile_is_seen(engine: Engine) -> None:
    """A transaction that began before the rollup and commits behind it leaves its mark."""
    if engine.dialect.name != "postgresql":
        pytest.skip("on SQLite writers take turns")
    autumn, _ = seed_two_blocks(engine)
    refresh(engine)
    with engine.connect() as other, other.begin():
        other.execute(update(SentimentRow).values(polarity="neutral"))
        with writing(engine) as connection:
            connection.execute(insert(RollupStale).values(block=0))
        assert refresh(engine) == 1
        assert stale(engine) == []
    assert stale(engine) == [0, 1]
    check(engine)


def test_verification_finds_a_rollup_that_is_wrong(engine: Engine) -> None:
    seed_two_blocks(engine)
    refresh(engine)
    assert verify_rollups(engine) == []
    with writing(engine) as connection:
        connection.execute(
            update(RollupDocument).where(RollupDocument.id == 3).values(polarity="positive")
        )
        connection.execute(delete(RollupDocument).where(RollupDocument.id == BLOCK + 10))
    found = {one.run: one.documents for one in verify_rollups(engine)}
    assert found == {"autumn": (3,), "third": (BLOCK + 10,)}


@pytest.mark.parametrize(
    ("table", "what"),
    [
        (RollupEntity, {"mentions": RollupEntity.mentions + 1}),
        (RollupAnswer, {"grouped": "another"}),
        (RollupResult, {"model": "another"}),
    ],
)
def test_verification_finds_a_sum_that_is_wrong(
    engine: Engine, table: Any, what: dict[str, Any]
) -> None:
    seed_two_blocks(engine)
    refresh(engine)
    with writing(engine) as connection:
        connection.execute(update(table).where(table.block == 1).values(what))
    (found,) = verify_rollups(engine)
    noun = table.__tablename__.removeprefix("rollup_")
    assert found.check == f"rollup of {noun} that is not what the results say"
    assert (found.run, found.documents) == ("third", (BLOCK + 10,))
    with writing(engine) as connection:
        connection.execute(insert(RollupStale).values(block=1))
    assert verify_rollups(engine) == []


def test_one_works_them_out_at_a_time(engine: Engine) -> None:
    """Who comes second leaves it to the first."""
    if engine.dialect.name != "postgresql":
        pytest.skip("on SQLite writers take turns")
    seed_two_blocks(engine)
    with engine.connect() as other, other.begin():
        other.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        assert refresh(engine) == 0
    assert refresh(engine) == 2
