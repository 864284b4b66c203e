"""How far the figures can be trusted."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert

from schema.database import reading, writing
from schema.database.clock import now
from schema.questions.figures import Share
from schema.questions.scope import Scope
from schema.questions.trust import StarAgreement, read_trust
from schema.reports import Condition
from schema.tables import AbstentionRow, CorrectionRow, DeadLetter
from tests.support.shop import Shop, make_shop

COATS = Condition("d.product = :product", {"product": "Coat"})


def label(engine: Engine, shop: Shop, document: int, said: str, drawn: str = "random") -> None:
    row = {"document_id": document, "analysis": "sentiment", "label": said, "drawn": drawn}
    row |= {"said_by": "eve", "said_at": now(), "run_id": shop.run_id}
    with writing(engine) as connection:
        connection.execute(insert(CorrectionRow).values(row))


def test_models_stars_and_what_is_unsure(connection: Connection) -> None:
    trust: Any = read_trust(connection, Scope())
    (model,) = trust.models
    assert (model.analysis, model.model, model.revision) == ("sentiment", "stars-2", "714eb0f")
    assert model.documents == 830
    assert trust.stars is not None
    assert 0.8 < trust.stars.agree.share < 0.97 and trust.stars.agree.total > 600
    assert trust.stars.found.interval.low < trust.stars.found.share
    assert trust.stars.right.count == trust.stars.found.count
    assert len(trust.stars.disagreeing) == 10
    assert trust.counts.unsure.count == 830 - trust.counts.negative.total
    assert trust.labels == []
    assert (trust.losses.rows, trust.losses.rejected) == (833, 3)


@pytest.mark.parametrize(
    ("agree", "told"), [((10, 29), False), ((10, 40), True), ((19, 40), False), ((38, 40), False)]
)
def test_ratings_that_run_the_other_way_are_told_of(agree: tuple[int, int], told: bool) -> None:
    none = Share.of(0, 0)
    found = StarAgreement(Share.of(*agree), none, none, ())
    assert ("--rating-scale 5-1" in (found.warning or "")) == told


def test_agreement_with_people_is_of_what_was_drawn_at_random(sqlite_engine: Engine) -> None:
    shop = make_shop(sqlite_engine)
    with reading(sqlite_engine) as connection:
        calls: Any = read_trust(connection, Scope()).stars
    wrong = calls.disagreeing[0]
    label(sqlite_engine, shop, wrong, "neutral")
    label(sqlite_engine, shop, calls.disagreeing[1], "neutral", drawn="least certain")
    with reading(sqlite_engine) as connection:
        (agreement,) = read_trust(connection, Scope()).labels
    assert agreement.analysis == "sentiment" and agreement.disagreeing == (wrong,)
    assert (agreement.agree.count, agreement.agree.total) == (0, 1)


def test_what_has_no_result_is_told_with_its_reason(sqlite_engine: Engine) -> None:
    shop = make_shop(sqlite_engine)
    about = {"run_id": shop.run_id, "analysis": "summary"}
    with writing(sqlite_engine) as connection:
        for document in (1, 2):
            row = about | {"document_id": document, "reason": "language de"}
            connection.execute(insert(AbstentionRow).values(row))
        failed = {"error_class": "ValueError", "message": "m", "attempts": 3, "failed_at": now()}
        connection.execute(insert(DeadLetter).values(about | failed | {"document_id": 3}))
    with reading(sqlite_engine) as connection:
        losses = read_trust(connection, Scope()).losses
    (left_alone,), (dead,) = losses.not_analysed, losses.dead_letters
    assert (left_alone.analysis, left_alone.reason, left_alone.documents) == (
        "summary",
        "language de",
        2,
    )
    assert (dead.reason, dead.documents) == ("ValueError", 1)


def test_only_documents_that_are_asked_about_are_counted(connection: Connection) -> None:
    trust: Any = read_trust(connection, Scope(where=(COATS,)))
    assert trust.counts.documents == trust.models[0].documents == 424
