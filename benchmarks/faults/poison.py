"""What one poison document costs: forwards beyond those that a clean batch takes.

`python benchmarks/faults/poison.py`: the real engine and the pocket sentiment model; of a batch of
16, 64 or 256 documents one, at each place in turn, makes the forward raise.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from typing import Any

from schema.catalog import load_catalog
from schema.document import Document
from schema.options import RunOptions
from schema.results import Failure
from workers.analyses import load_analysis
from workers.analysis import Window
from workers.engine.engine import Engine

SIZES = (16, 64, 256)
TEXT = "The parcel was late and the box was broken."
#: One word more, so that its window can be told from the others by its length.
POISON = TEXT + " Poison."


def extra_forwards(size: int) -> list[int]:
    """For each place of the poison: forwards that failed or were repeated because of it."""
    analysis = load_analysis("sentiment", load_catalog("pocket"), "cpu")
    (poison,), (fine,) = (
        analysis.prepare([Document(0, text)], RunOptions()) for text in (POISON, TEXT)
    )
    assert not isinstance(poison, Exception) and not isinstance(fine, Exception)
    assert poison[0].length > fine[0].length
    forward = analysis.forward

    def fall_for_poison(windows: Sequence[Window], on_progress: Callable[[], None]) -> list[Any]:
        if any(window.length == poison[0].length for window in windows):
            raise ValueError("poison")
        return forward(windows, on_progress)

    analysis.forward = fall_for_poison  # type: ignore[method-assign]
    extra = []
    for place in range(size):
        engine = Engine(analysis)
        # One batch holds them all.
        engine.budgets.of = lambda group: 10**9  # type: ignore[method-assign]
        documents = [Document(n, POISON if n == place else TEXT) for n in range(size)]
        outcomes = engine.run(documents, RunOptions())
        failed = [n for n, outcome in enumerate(outcomes) if isinstance(outcome, Failure)]
        assert failed == [place], failed
        extra.append(engine.counters.forwards - 1)
    return extra


def main() -> None:
    """Print a table."""
    print("batch  extra forwards: median  worst")
    for size in SIZES:
        extra = extra_forwards(size)
        print(f"{size:5}  {statistics.median(extra):22g}  {max(extra):5}")


if __name__ == "__main__":
    main()
