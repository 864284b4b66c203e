"""Whatever happens to the ledger, in whatever order: nothing is lost, and nothing is there twice.

LEDGER_EXAMPLES=2000 looks further than CI does, and elsewhere each time.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import Engine

from schema.ledger import dispatch, waiting
from schema.tables import JobState
from tests.support.ledger_machine import LedgerMachine
from tests.support.ledger_promises import DRAWN
from tests.support.ledger_steps import FIRST_DOCUMENTS, Crasher

pytestmark = pytest.mark.long

EXAMPLES = int(os.environ.get("LEDGER_EXAMPLES", "30"))


def test_nothing_is_lost_and_nothing_is_there_twice(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "FIRST_DOCUMENTS", FIRST_DOCUMENTS)
    # How far urgent jobs may lead is a matter of time: see `test_turns`.
    monkeypatch.setattr(dispatch, "LEAD", 1_000_000)
    crasher = Crasher(engine)
    LedgerMachine.seen.clear()
    run_state_machine_as_test(
        lambda: LedgerMachine(engine, crasher),  # type: ignore[arg-type]  # any factory does
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=30,
            # To explain a failure takes hypothesis minutes.
            phases=[Phase.generate, Phase.shrink],
            deadline=None,
            database=None,
            derandomize="LEDGER_EXAMPLES" not in os.environ,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert {step for _, _, step in LedgerMachine.seen} == {step for _, _, step in DRAWN}
    seen_blocked = {move for move in LedgerMachine.seen if JobState.BLOCKED in move[:2]}
    assert {step for _, _, step in seen_blocked} == {"enqueue", "unblock", "replay", "cancel"}
