"""`triage duplicates`: what it says."""

from __future__ import annotations

from sqlalchemy import Engine

from tests.support.console import Triage
from tests.support.ledger import make_run


def test_it_says_how_many_there_are(sqlite_engine: Engine, triage: Triage) -> None:
    make_run(sqlite_engine, ["Never again!", "It leaks.", "never again"])
    make_run(sqlite_engine, ["It leaks"], name="other")
    ended = triage("duplicates", "run")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(
        "3 documents: 1 have the words of another one, 0 nearly so (33.3% together), in 1 groups, "
        "the largest of 2; see: triage report near-duplicates"
    )
    assert triage("duplicates").out.startswith("4 documents: 2 have the words of another one")
    shown = triage("report", "near-duplicates", "--format", "csv").out
    assert shown.splitlines()[1].startswith("1,2,2,0,1,")
    assert triage("duplicates", "walk").code == 2
