"""`triage prefer`: what it says, and that it counts."""

from __future__ import annotations

import json

from sqlalchemy import Engine

from tests.support.console import Triage
from tests.support.two_runs import seed


def positive(triage: Triage) -> int:
    shown = triage("report", "sentiment", "--format", "json")
    return int(json.loads(shown.out)[0]["positive"])


def test_prefer(engine: Engine, triage: Triage) -> None:
    seed(engine)
    assert triage("prefer").out == "no run is preferred: the newest results count\n"
    assert positive(triage) == 2
    said = triage("prefer", "autumn").out
    assert said.startswith("run autumn is preferred: its results count; back with: triage prefer")
    assert positive(triage) == 1
    assert triage("prefer", "autumn").out == "run autumn was preferred already\n"
    assert triage("prefer").out == "autumn\n"
    triage("prefer", "again")
    assert triage("prefer", "autumn").out.startswith("run autumn counts after run again")
    assert triage("prefer", "again", "--undo").out == "run again is no longer preferred\n"
    assert triage("prefer", "again", "--undo").out == "run again was not preferred\n"
    ended = triage("prefer", "autum")
    assert (ended.code, "did you mean 'autumn'" in ended.err) == (2, True)
