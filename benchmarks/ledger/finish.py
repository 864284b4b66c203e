"""What finishing a job of 64 documents costs, beside another checkout of the project.

    python benchmarks/ledger/finish.py [--against FOLDER] [--rounds 400] [--database postgresql://…]

The two take turns, job by job, so that both meet the same other load; what counts is processor time
of this side (all of it on SQLite), and the clock. The other checkout needs no more of this file
than `steps.py` beside it, and an empty database of its own: `--other-database`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).resolve()


def serve(url: str, rounds: int) -> None:
    """Finish a job for each line of stdin; print microseconds: of processor, and by the clock."""
    from sqlalchemy import select  # Of the checkout that PYTHONPATH names.

    from benchmarks.ledger.steps import MODEL, RESULT, SIZE, fill
    from schema.database import open_engine, reading
    from schema.ledger.begin import begin
    from schema.ledger.claim import claim
    from schema.ledger.documents import read_documents
    from schema.ledger.finish import finish
    from schema.migrations.revision import upgrade
    from schema.results.outcome import Outcome
    from schema.tables import Job

    engine = open_engine(url)
    upgrade(engine)
    fill(engine, rounds * 2 + 100, documents=(rounds * 2 + 100) * SIZE // 2)
    with reading(engine) as connection:
        mine = select(Job.id).where(Job.run_id == 1, Job.state == "pending").order_by(Job.id)
        ids = iter(connection.execute(mine).scalars().all())
    keys = {"cache_key": b""} if "cache_key" in Outcome.__dataclass_fields__ else {}
    print("ready", flush=True)
    for _ in sys.stdin:
        held = claim(engine, next(ids), "sentiment", "node/0", 3600)
        assert held
        begin(engine, held)
        outcomes = []
        for document in read_documents(engine, held):
            own: Any = {name: os.urandom(16) for name in keys}
            outcomes.append(Outcome(int(document.id), [RESULT], MODEL, **own))
        assert len(outcomes) == SIZE
        worked, began = time.process_time_ns(), time.perf_counter_ns()
        assert finish(engine, held, outcomes)
        ended = time.perf_counter_ns() - began
        print((time.process_time_ns() - worked) // 1000, ended // 1000, flush=True)


class Checkout:
    """A process that finishes jobs with the code of a folder."""

    def __init__(self, folder: Path, url: str, rounds: int) -> None:
        command = [sys.executable, str(HERE), "--serve", url, "--rounds", str(rounds)]
        pipe = subprocess.PIPE
        process: Any = subprocess.Popen(
            command,
            stdin=pipe,
            stdout=pipe,
            text=True,
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(folder)},
        )
        assert process.stdout.readline() == "ready\n"
        self._process = process
        self.took: list[tuple[int, int]] = []

    def step(self) -> None:
        """Finish one job."""
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        worked, passed = self._process.stdout.readline().split()
        self.took.append((int(worked), int(passed)))

    def close(self) -> None:
        """End the process."""
        self._process.stdin.close()
        self._process.wait()

    def line(self, name: str) -> str:
        """What it took, in the middle."""
        worked, passed = (median(one) / 1000 for one in zip(*self.took, strict=True))
        return f"{name}: {worked:.2f} ms of processor, {passed:.2f} ms by the clock"


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", type=Path, help="a checkout of the project")
    parser.add_argument("--rounds", type=int, default=400)
    parser.add_argument("--database", help="an empty database; temporary SQLite if not given")
    parser.add_argument("--other-database", help="another one")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        serve(asked.serve, asked.rounds)
        return
    with tempfile.TemporaryDirectory() as folder:
        here = asked.database or f"sqlite:///{folder}/this.db"
        there = asked.other_database or f"sqlite:///{folder}/other.db"
        checkouts = {"this checkout": Checkout(HERE.parents[2], here, asked.rounds)}
        if asked.against:
            checkouts[str(asked.against)] = Checkout(asked.against, there, asked.rounds)
        for _ in range(asked.rounds):
            for checkout in checkouts.values():
                checkout.step()
        for name, checkout in checkouts.items():
            checkout.close()
            print(checkout.line(name))


if __name__ == "__main__":
    main()
