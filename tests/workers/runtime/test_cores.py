"""A container computes with as many threads as its limit allows."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from workers.runtime import cores as module
from workers.runtime.cores import usable_cores


@pytest.mark.parametrize(
    ("files", "limit"),
    [
        ({"cpu.max": "200000 100000\n"}, 2),
        ({"cpu.max": "150000 100000\n"}, 2),
        ({"cpu.max": "20000 100000\n"}, 1),
        ({"cpu.max": "max 100000\n"}, None),
        ({"quota": "300000\n", "period": "100000\n"}, 3),
        ({"quota": "-1\n", "period": "100000\n"}, None),
        ({}, None),
    ],
)
def test_its_control_group_says_how_many(
    files: dict[str, str], limit: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, said in files.items():
        (tmp_path / name).write_text(said, "ascii")
    quotas = ((str(tmp_path / "cpu.max"),), (str(tmp_path / "quota"), str(tmp_path / "period")))
    monkeypatch.setattr(module, "_QUOTAS", quotas)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(64)))
    assert usable_cores() == (limit or 64)


def test_a_limit_above_the_machine_adds_no_cores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cpu.max").write_text("6400000 100000\n", "ascii")
    monkeypatch.setattr(module, "_QUOTAS", ((str(tmp_path / "cpu.max"),),))
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 3})
    assert usable_cores() == 2
