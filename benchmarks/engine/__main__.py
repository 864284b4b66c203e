"""Measures the engine; `make bench` runs it. See docs/benchmarks.md.

python -m benchmarks.engine [--quick | --full] [--only sentiment,translation]
    [--variants engine,ctranslate2] [--documents N] [--rounds N] [--no-baseline] [--to FOLDER]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from workers.runtime.threads import limit_threads

#: Minutes that a run takes, without making checkpoints. On a slow machine the fewest documents that
#: say anything may take longer.
MINUTES = {"quick": 4.0, "usual": 10.0, "full": 70.0}


def parser() -> argparse.ArgumentParser:
    """Of the command line."""
    made = argparse.ArgumentParser(
        prog="python -m benchmarks.engine", description="The engine against others, and the limit."
    )
    amount = made.add_mutually_exclusive_group()
    amount.add_argument("--quick", dest="amount", action="store_const", const="quick")
    amount.add_argument("--full", dest="amount", action="store_const", const="full")
    made.set_defaults(amount="usual")
    made.add_argument("--only", metavar="A,B", help="sections, the system's among them")
    made.add_argument(
        "--variants", metavar="A,B", help="rows whose names have one of these in them"
    )
    made.add_argument("--documents", type=int, default=0, help="in a section; by time if not given")
    made.add_argument("--sizes", type=_sizes, metavar="A,B", help="documents of runs for scaling")
    made.add_argument("--rounds", type=int, default=0, help="in a section; by time if not given")
    made.add_argument("--no-baseline", action="store_true", help="no ratios; all the sooner done")
    made.add_argument("--to", type=Path, default=Path("bench"), help="folder of the results")
    made.add_argument(
        "--models", type=Path, help="folder of checkpoints; FOLDER/models if not given"
    )
    made.add_argument("--shapes", choices=("real", "tiny"), default="real")
    made.add_argument("--device", default="cpu", help="cpu or cuda:0")
    made.add_argument("--precision", choices=("fp32", "bf16"), default="fp32", help="end to end")
    made.add_argument("--children", type=int, default=1, help="of the node, end to end")
    made.add_argument("--threads", type=int, default=0, help="on a CPU; as many as cores if 0")
    return made


def _sizes(said: str) -> list[int]:
    return [int(size) for size in said.split(",")]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the command line asks for, and write table, JSON and picture."""
    asked = parser().parse_args(arguments)
    threads = limit_threads(asked.threads)
    # Here and not above: torch must not be imported before its threads are set.
    from benchmarks.engine.reporting.findings import Found
    from benchmarks.engine.reporting.report import write_report
    from benchmarks.engine.run import bench

    began = time.monotonic()

    def report(found: Found) -> str:
        return write_report(asked.to, found, (time.monotonic() - began) / 60)

    # Whoever ends it early has what was found by then.
    print(report(bench(asked, threads, MINUTES[asked.amount], report)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
