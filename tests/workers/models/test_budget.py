"""How much memory models may take, where nobody says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from workers.models import budget as module
from workers.models.budget import machine_memory, model_budget


def test_children_share_half_of_the_memory() -> None:
    whole = machine_memory()
    assert whole > 2**28
    assert model_budget(None, "cpu", processes=1) == whole // 2
    assert model_budget(None, "cpu", processes=4) == whole // 8
    assert model_budget(1_000, "cpu", processes=4) == 1_000


@pytest.mark.parametrize(("said", "limit"), [("1048576\n", 2**20), ("max\n", None), ("", None)])
def test_a_container_has_what_its_control_group_says(
    said: str, limit: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LIMITS", ())
    physical = machine_memory()
    (tmp_path / "memory.max").write_text(said, "ascii")
    monkeypatch.setattr(
        module, "_LIMITS", (str(tmp_path / "memory.max"), str(tmp_path / "nowhere"))
    )
    assert machine_memory() == (limit or physical)
