"""Comparing results but for what float32 rounds otherwise in another batch."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any


def alike(found: Any, expected: Any) -> bool:
    """Whether two values are the same, wherever in them a number may differ by 1e-4."""
    if is_dataclass(found) and not isinstance(found, type):
        same = type(found) is type(expected)
        return same and alike(asdict(found), asdict(expected))
    if isinstance(found, float) and isinstance(expected, float):
        return math.isclose(found, expected, rel_tol=1e-4, abs_tol=1e-4)
    if isinstance(found, Mapping) and isinstance(expected, Mapping):
        return found.keys() == expected.keys() and all(
            alike(value, expected[key]) for key, value in found.items()
        )
    if isinstance(found, Sequence) and not isinstance(found, str):
        return len(found) == len(expected) and all(map(alike, found, expected))
    return bool(found == expected)
