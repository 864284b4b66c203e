"""Where the time of an ingest goes, by file and by function."""

from __future__ import annotations

import cProfile
import pstats
from collections import Counter
from collections.abc import Callable
from pathlib import Path

#: Lines of each table.
MOST_LINES = 12


def hot_spots(work: Callable[[], object]) -> list[str]:
    """Profile something; gives lines of text: the share of the time that is spent in each function
    itself, without what it calls.
    """
    profile = cProfile.Profile()
    profile.runcall(work)
    stats: dict[tuple[str, int, str], tuple[int, int, float, float, object]]
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    functions: Counter[str] = Counter()
    files: Counter[str] = Counter()
    for (path, _, function), (_, _, own, _, _) in stats.items():
        files[_short(path)] += own  # type: ignore[assignment]
        functions[f"{_short(path)} {function}"] += own  # type: ignore[assignment]
    whole = sum(files.values())
    return [
        line
        for found in (files, functions)
        for line in [f"{own / whole:6.1%}  {name}" for name, own in found.most_common(MOST_LINES)]
    ]


def _short(path: str) -> str:
    parts = Path(path).parts
    for package in ("producer", "schema", "site-packages"):
        if package in parts:
            start = parts.index(package)
            return "/".join(parts[start + (package == "site-packages") :])
    return parts[-1] if parts else path
