"""`kill -9` of PostgreSQL, and how long until work goes on.

python -m benchmarks.faults.database_recovery [--kills 10] [--away 0]

Two nodes with two children work on short jobs; the server's postmaster and all of its processes are
killed, and it is started again at once, or some seconds later. Measured is the time from when it
takes connections again until a job is done that was not before. Servers and workers share a host.
"""

from __future__ import annotations

import argparse
import signal
import tempfile
import threading
import time
from pathlib import Path
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from benchmarks.faults.recovery import PATIENCE, Machine
from schema.database import reading
from schema.tables import DeadLetter, Job, JobState
from tests.chaos.databases import Postgres
from tests.support.ledger import make_run
from tests.support.waiting import wait_until

#: Jobs of each run, of one document.
JOBS = 2_000


class Killing(Machine):
    """The machine, whose database is killed."""

    def done(self) -> int | None:
        """Jobs that are done; None while the database is away."""
        try:
            with reading(self.engine) as connection:
                counted = select(func.count(Job.id)).where(Job.state == JobState.DONE)
                return int(connection.execute(counted).scalar_one())
        except DBAPIError:
            return None

    def begin(self) -> None:
        """Give the nodes something to do."""
        self._wait_until_ready()
        texts = [f"The parcel {number} was late." for number in range(JOBS)]
        make_run(self.engine, texts, job_size=1, name="work", fresh=True)
        wait_until(lambda: self.done(), PATIENCE, "work has begun")

    def kill(self, away: float) -> float:
        """Seconds from when the database is up again until another job is done."""
        assert isinstance(self.database, Postgres)
        before = wait_until(lambda: self.done(), PATIENCE, "work goes on")
        wait_until(lambda: (self.done() or 0) > before, PATIENCE, "work goes on")
        self.database.halt(signal.SIGKILL)
        threading.Event().wait(away)
        self.database.start()
        up = time.monotonic()
        after = wait_until(lambda: self.done(), PATIENCE, "the database answers")
        wait_until(lambda: (self.done() or 0) > after, PATIENCE, "work goes on")
        return time.monotonic() - up

    def failed(self) -> int:
        """Dead letters, of which there must be none."""
        with reading(self.engine) as connection:
            counted = select(func.count()).select_from(DeadLetter)
            return int(connection.execute(counted).scalar_one())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--away", type=float, default=0.0, help="seconds until it is started again")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="triage-database-") as folder:
        machine = Killing("postgresql", Path(folder), elsewhere=False)
        try:
            machine.begin()
            seconds = [machine.kill(asked.away) for _ in range(asked.kills)]
            print(
                f"PostgreSQL killed, away for {asked.away:g} s and its own recovery: {asked.kills} "
                f"times, work goes on after median {median(seconds):.1f} s, worst "
                f"{max(seconds):.1f} s; {machine.failed()} dead letters"
            )
        finally:
            machine.close()


if __name__ == "__main__":
    main()
