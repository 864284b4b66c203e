"""Small runs beside a large one: how much longer each takes, and what the large one keeps.

python -m benchmarks.fairness [--runs 1000] [--large 20000] [--rates 8,0] [--only postgresql]

Small runs of five documents are played alone, and then, at the same rate, beside a large run; of
each the seconds from its ingest until it is done are divided by those that it took alone. Models
sleep for the time that a document takes, so that the figures are those of the ledger, dispatch and
the workers' turns, and not of the cores of this machine. `python -m benchmarks.fairness.steps` has
what many runs cost.
"""

from __future__ import annotations

import argparse
import time
from contextlib import ExitStack
from statistics import median

from benchmarks.fairness.forwards import shares
from benchmarks.fairness.stage import Stage
from benchmarks.reports.databases import databases


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--large", type=int, default=20_000, help="documents of the large run")
    parser.add_argument("--rates", default="8,0", help="small runs a second; 0: all at once")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=0.025, help="that a document takes")
    parser.add_argument("--window", type=float, default=5.0, help="seconds of a window")
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    asked = parser.parse_args()
    with ExitStack() as stack:
        for url in databases(stack, asked.only):
            with ExitStack() as inner:
                stage = Stage(inner, url, asked.workers, asked.seconds)
                for number, rate in enumerate(map(float, asked.rates.split(","))):
                    _measure(stage, asked, number, rate)


def _measure(stage: Stage, asked: argparse.Namespace, number: int, rate: float) -> None:
    how = f"{rate:g} a second" if rate else "all at once"
    name = f"{stage.engine.dialect.name}, {asked.runs:,} runs, {how}"
    alone = stage.play_small(f"alone{number}", asked.runs, rate)
    stage.start_large(f"large{number}", asked.large)
    began = time.time()
    beside = stage.play_small(f"beside{number}", asked.runs, rate)
    ended = time.time()
    through = ", which was through before" if stage.is_done(f"large{number}") else ""
    stage.end(f"large{number}")
    ratios = [with_it / without for with_it, without in zip(beside, alone, strict=True)]
    print(f"\n{name}: alone {_spread(alone)} s, beside the large one{through} {_spread(beside)} s")
    print(
        f"  each by the same alone: {_spread(ratios)}; "
        f"{sum(ratio <= 2 for ratio in ratios) / len(ratios):.1%} within twice"
    )
    found = shares(stage.forwards(), began, ended, asked.window)
    of_large = [share for share, _ in found]
    print(
        f"  the large run's part of the workers' time in windows of {asked.window:g} s: "
        f"{_spread([-share for share in of_large]).replace('-', '')}; "
        f"{median(busy for _, busy in found):.1f} of {asked.workers} computed",
        flush=True,
    )


def _spread(values: list[float]) -> str:
    ordered = sorted(values)
    p95 = ordered[round(0.95 * (len(ordered) - 1))]
    return f"median {median(ordered):.2f}, p95 {p95:.2f}, worst {ordered[-1]:.2f}"


if __name__ == "__main__":
    main()
