"""`triage archive`: what is left out of which lists, and what stays."""

from __future__ import annotations

from sqlalchemy import Engine

from tests.support.console import Triage
from tests.support.ledger import make_run
from tests.support.working import work


def test_lists_leave_it_out_unless_it_is_named(engine: Engine, triage: Triage) -> None:
    old = make_run(engine, ["a", "b"], name="old")
    work(engine, old, {"a"})
    make_run(engine, ["c"], name="new")
    ended = triage("archive", "new")
    assert (ended.code, ended.out) == (2, "")
    assert "run new has jobs that are not done: archive it when it has finished, or" in ended.err
    ended = triage("archive", "old")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        "run old is archived: its results stay; back with: triage archive old --undo\n"
    )
    assert triage("archive", "old").out == "run old was archived already\n"

    status = triage("status").out
    assert " old" not in status
    assert "1 archived: triage status --all" in status
    assert " old" in triage("status", "--all").out
    assert triage("status", "old").out.startswith("run old: archived, since ")
    for report in ("runs", "run-progress"):
        assert "old" not in triage("report", report, "--format", "csv").out
        assert "old" in triage("report", report, "--run", "old", "--format", "csv").out
    assert triage("dead").out == "no dead letters\n"
    assert "run old, sentiment" in triage("dead", "old").out
    assert triage("retry", "--dead").out == "nothing to retry\n"
    # Results count as ever, and books are looked at.
    assert "old,1," in triage("report", "sentiment-by-source", "--format", "csv").out
    assert "run old: ok" in triage("verify").out

    assert triage("archive", "old", "--undo").out == "run old is listed again\n"
    assert triage("archive", "old", "--undo").out == "run old was not archived\n"
    assert " old" in triage("status").out
    assert "run old, sentiment" in triage("dead").out
