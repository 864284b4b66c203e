"""What is not installed is named with what to install."""

from __future__ import annotations

from importlib import util
from typing import Any

import pytest

from producer.errors import UsageError
from producer.nodes.requirements import require_train_extra


@pytest.mark.parametrize(
    ("missing", "says"),
    [
        ("datasets", r"datasets is not installed: pip install '\.\[worker,train\]'"),
        ("torch", r"torch is not installed: pip install '\.\[worker\]'"),
    ],
)
def test_an_extra_that_is_missing_is_named(
    missing: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_train_extra()
    find = util.find_spec

    def without(name: str, *given: Any) -> Any:
        return None if name == missing else find(name, *given)

    monkeypatch.setattr(util, "find_spec", without)
    with pytest.raises(UsageError, match=says):
        require_train_extra()
