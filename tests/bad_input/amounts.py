"""How many examples there are of each kind, and which."""

from __future__ import annotations

import os
from collections import Counter

from hypothesis import HealthCheck, settings

_ASKED = os.environ.get("BAD_INPUT_EXAMPLES")
EXAMPLES = int(_ASKED or 300)

#: Of a hundred examples.
SHARES = {
    "csv": 18,
    "jsonl": 16,
    "parquet": 10,
    "json": 8,
    "workbook": 4,
    "cut": 8,
    "compressed": 4,
    "sql": 6,
    "damaged": 10,
    "random": 3,
    "postgresql": 1,
    "analyze": 8,
    "analyze bytes": 4,
}

#: What has been through, by kind and outcome.
SEEN: Counter[tuple[str, str]] = Counter()


def examples_of(kind: str) -> settings:
    """Settings of a test that is given one kind."""
    return settings(
        max_examples=max(1, EXAMPLES * SHARES[kind] // 100),
        # A failure of one in ten thousand belongs into the large run, and then into a test.
        derandomize=_ASKED is None,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
