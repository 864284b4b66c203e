"""The benchmark of heads: four analyses on one encoder, together in one pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.engine.heads import ANALYSES, SHAPES, Cost, compare, load, measure, table
from benchmarks.engine.synthetic.head_checkpoints import HEADS, make_heads

pytestmark = pytest.mark.long


def test_all_four_go_through_one_encoder_and_each_way_is_timed(tmp_path: Path) -> None:
    folders = make_heads(tmp_path, SHAPES["tiny"])
    engines = load({name: folders[name] for name in HEADS}, "fp32")
    for name, engine in engines.items():
        assert sorted([name, *engine.siblings]) == sorted(kind.name for kind in ANALYSES)
    lead = engines["sentiment"]
    before = lead.counters.forwards
    costs = measure(engines, documents=2, rounds=1)
    assert [cost.name for cost in costs][2] == "four together"
    assert all(len(cost.seconds) == 1 for cost in costs)
    # A pass of its own, one for all and one of four, once to warm up and once in the round.
    assert lead.counters.forwards - before == 6


def test_each_way_takes_its_turn_and_is_warmed_up_once() -> None:
    calls: list[str] = []
    ways = {name: lambda name=name: calls.append(name) for name in "ab"}
    assert [cost.name for cost in compare(ways, rounds=2)] == ["a", "b"]
    assert calls == ["a", "b", "a", "b", "b", "a"]


def test_ratios_are_of_medians() -> None:
    lines = table([Cost("one", [2.0, 1.0, 9.0]), Cost("four", [2.5, 2.5, 2.5])]).splitlines()
    assert "1.25" in lines[2]
