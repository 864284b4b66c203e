"""Labels of the user's own, and intents: what is counted, beside the period before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from schema.analyses import ANALYSES
from schema.database import reading, writing
from schema.questions import Scope
from schema.questions.classes import ClassTable, read_classes
from schema.reports import Condition, Period
from schema.views.refresh import refresh
from tests.support.feedback import add_document, add_result, add_run

DAY = datetime(2026, 5, 1, tzinfo=UTC)
#: By document its labels with whether each is unsure, and its day.
SAID: list[tuple[list[tuple[str, bool]], int]] = [
    ([("delivery", False), ("price", False)], 0),
    ([("delivery", False)], 1),
    ([("(none)", False)], 2),
    ([("price", True)], 3),
    ([("price", False)], 30),
    ([("delivery", False), ("price", True)], 31),
]


ALL = Scope()


@pytest.fixture
def labelled(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setattr(ANALYSES, "_own", ())
    ANALYSES.add("topics")
    with writing(engine) as connection:
        run = add_run(connection, "run", ["topics", "intent"])
        for number, (labels, day) in enumerate(SAID, start=1):
            product = "a" if number < 3 else "b"
            time = (DAY + timedelta(days=day)).isoformat()
            add_document(connection, number, f"text {number}", time, product=product)
            for ordinal, (label, unsure) in enumerate(labels):
                said = {"label": label, "unsure": unsure, "ordinal": ordinal}
                add_result(connection, "topics", run, number, **said)
            add_result(connection, "intent", run, number, intent="praise")
    return engine


def read(engine: Engine, scope: Scope = ALL, recent: Period | None = None) -> ClassTable:
    with reading(engine) as connection:
        topics, intent = read_classes(connection, scope, recent)
    assert (intent.analysis, topics.analysis) == ("intent", "topics")
    assert [one.label for one in intent.labels] == ["praise"]
    return topics


def counts(table: ClassTable) -> dict[str, tuple[int, int]]:
    return {one.label: (one.share.count, one.share.total) for one in table.labels}


@pytest.mark.parametrize("are_rolled_up", [False, True])
def test_each_label_counts_once_a_document(labelled: Engine, are_rolled_up: bool) -> None:
    if are_rolled_up:
        refresh(labelled)
        with reading(labelled) as connection:
            assert connection.execute(text("SELECT COUNT(*) FROM rollup_classes")).scalar()
    table = read(labelled)
    assert counts(table) == {"delivery": (3, 5), "price": (2, 5), "(none)": (1, 5)}
    assert (table.analysed, table.unsure.count, table.has_several) == (6, 1, True)
    assert [one.is_none for one in table.labels] == [False, False, True]


@pytest.mark.parametrize("hours", [0, 1])
def test_a_period_and_a_condition_leave_others_out(labelled: Engine, hours: int) -> None:
    since = DAY + timedelta(days=29, hours=hours)
    table = read(labelled, Scope(period=Period(since, None)))
    assert counts(table) == {"delivery": (1, 2), "price": (1, 2)}
    of_a = Scope(where=(Condition("d.product = :product", {"product": "a"}),))
    assert counts(read(labelled, of_a)) == {"delivery": (2, 2), "price": (1, 2)}


def test_changes_are_those_of_the_recent_period(labelled: Engine) -> None:
    recent = Period(DAY + timedelta(days=28), DAY + timedelta(days=56))
    delivery, price, none = read(labelled, recent=recent).labels
    assert delivery.change is not None and none.change is not None
    assert delivery.change.previous == pytest.approx(2 / 3)
    assert delivery.change.change == pytest.approx(1 / 2 - 2 / 3)
    assert none.change.change == pytest.approx(-1 / 3)
    assert price.change is not None and price.change.change == pytest.approx(1 / 2 - 1 / 3)
    assert not price.change.is_sure
