"""A reaper that is killed midway: `kill -9` between its statements and their commit.

`python -m tests.chaos.reaper URL MAX_ATTEMPTS` says "ready", and looks until it is killed.
"""

from __future__ import annotations

import os
import signal
import sys
import time

from sqlalchemy import Connection, event

from schema.database import open_engine
from schema.ledger.reap import reap

#: Seconds between two looks.
PAUSE = 0.02


def main(url: str, max_attempts: int) -> None:
    engine = open_engine(url)
    written = False

    @event.listens_for(engine, "before_cursor_execute")
    def look(connection: Connection, cursor: object, statement: str, *_more: object) -> None:
        nonlocal written
        written = written or statement.startswith("UPDATE")

    @event.listens_for(engine, "commit")
    def die(connection: Connection) -> None:
        if written:
            os.kill(os.getpid(), signal.SIGKILL)

    reap(engine, max_attempts)
    print("ready", flush=True)
    while True:
        reap(engine, max_attempts)
        time.sleep(PAUSE)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
