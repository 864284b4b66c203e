"""A process that holds SQLite's lock for writing until its standard input ends, then rolls back."""

from __future__ import annotations

import sqlite3
import sys


def main(path: str) -> None:
    connection = sqlite3.connect(path, timeout=120, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    connection.execute("UPDATE runs SET stored = stored + 1000000")
    print("locked", flush=True)
    sys.stdin.read()
    connection.execute("ROLLBACK")


if __name__ == "__main__":
    main(sys.argv[1])
