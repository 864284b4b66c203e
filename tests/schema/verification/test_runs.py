"""Verification of many runs: as many statements as for few, and each run at one moment."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, delete, event, update

from schema.database import open_engine, writing
from schema.ledger.finish import finish
from schema.ledger.forget import Which, forget
from schema.results.sentiment import SentimentRow
from schema.tables import Job, Run
from schema.verification import books as books_module
from schema.verification import verify, verify_runs
from tests.support.feedback import ALL
from tests.support.ledger import make_run
from tests.support.many_runs import counting, make_runs
from tests.support.verified import make_full_run
from tests.support.working import claim_all, outcomes


def test_statements_do_not_grow_with_the_runs(engine: Engine) -> None:
    counts = []
    for number, prefix in ((10, "few"), (990, "many")):
        make_runs(engine, number, prefix=prefix)
        with counting(engine) as statements:
            assert verify(engine) == []
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_of_many_runs_just_those_are_named_that_are_broken(engine: Engine) -> None:
    """What is found in one run is not said of another, with ids that are each run's own."""
    full = make_full_run(engine)
    many = make_runs(engine, 5)
    with writing(engine) as connection:
        connection.execute(delete(SentimentRow).where(SentimentRow.run_id == many[3]))
        connection.execute(update(Job).where(Job.run_id == many[1]).values(attempts=-1))
        connection.execute(update(Run).where(Run.id == many[4]).values(read=9))
    found = {one.run.name: one for one in verify_runs(engine)}
    assert list(found) == ["run", *(f"small{number}" for number in range(5))]
    said = {name: [one.check for one in books.violations] for name, books in found.items()}
    assert said == {
        "run": [],
        "small0": [],
        "small1": ["job with negative attempts"] * 2,
        "small2": [],
        "small3": ["done, but without an outcome"],
        "small4": ["read 9 is not stored 2 + duplicate 0 + rejected 0"],
    }
    # The same as each of them alone.
    for run, books in zip((full, *many), found.values(), strict=True):
        assert list(verify_runs(engine, run)) == [books]


@pytest.mark.parametrize("documents, runs", [(4, 10_000), (200_000, 2), (1, 10_000)])
def test_batches_are_bounded(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, documents: int, runs: int
) -> None:
    """Each batch has a snapshot of its own; its size changes nothing of what is found."""
    many = make_runs(engine, 5)
    with writing(engine) as connection:
        connection.execute(delete(SentimentRow).where(SentimentRow.run_id == many[3]))
    whole = list(verify_runs(engine))
    monkeypatch.setattr(books_module, "BATCH_DOCUMENTS", documents)
    monkeypatch.setattr(books_module, "BATCH_RUNS", runs)
    with counting(engine) as statements:
        assert list(verify_runs(engine)) == whole
    snapshots = sum("FROM runs AS r CROSS JOIN run_documents" in one for one in statements)
    assert snapshots == {4: 3, 200_000: 3, 1: 5}[documents]


def test_no_snapshot_is_open_while_its_runs_are_given(engine: Engine) -> None:
    """A reader that stands still, e.g. `triage verify | less`, holds back nobody's VACUUM."""
    make_runs(engine, 3)
    given = verify_runs(engine)
    next(given)
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert len(list(given)) == 2


def test_a_run_that_goes_between_two_batches_is_left_out(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(books_module, "BATCH_RUNS", 1)
    make_run(engine, [], name="first")
    second = make_run(engine, [], name="second")
    given = verify_runs(engine)
    assert next(given).run.name == "first"
    with writing(engine) as connection:
        connection.execute(delete(Run).where(Run.id == second))
    assert list(given) == []


def test_others_may_act_between_any_two_statements(engine: Engine) -> None:
    """Workers finish, and a customer is forgotten: a run's counts, its places and its outcomes are
    those of one moment all the same.
    """
    runs = [make_run(engine, ["a", "b"], ALL, 2, name=name) for name in ("first", "second")]
    claims = [one for run in runs for one in claim_all(engine, run)]
    others = open_engine(engine.url.render_as_string(hide_password=False))
    acts: list[Callable[[], object]] = [
        partial(finish, others, claim, outcomes(engine, claim)) for claim in claims
    ]
    acts.append(lambda: list(forget(others, Which("external_id", "0"))))

    def act(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if acts and ("FROM jobs" in statement or "FROM run_documents" in statement):
            assert acts.pop()()

    event.listen(engine, "before_cursor_execute", act)
    try:
        assert verify(engine) == []
    finally:
        event.remove(engine, "before_cursor_execute", act)
        others.dispose()
    assert acts == []
    assert verify(engine) == []
