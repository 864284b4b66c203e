"""A plugin of pytest, for `make test-times`: at the end, the files of tests that took longest."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Generator
from dataclasses import dataclass

import psutil
import pytest

#: Files that are listed.
MOST = 40


@dataclass(slots=True)
class Cost:
    """What a file took so far, in seconds, with its fixtures."""

    wall: float = 0.0
    processor: float = 0.0
    tests: int = 0


_files: defaultdict[str, Cost] = defaultdict(Cost)


def processor_seconds() -> float:
    """Seconds of processor of this process and of all below it, those that have ended included:
    servers of databases and nodes are among them.
    """
    this = psutil.Process()
    seconds = 0.0
    for process in (this, *this.children(recursive=True)):
        try:
            # Of a process that has ended, its parent knows them.
            seconds += sum(process.cpu_times()[:4])
        except psutil.Error:
            continue
    return seconds


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Count what a test takes, with its fixtures."""
    began, before = time.monotonic(), processor_seconds()
    done = yield
    cost = _files[item.nodeid.partition("::")[0]]
    cost.wall += time.monotonic() - began
    cost.processor += processor_seconds() - before
    cost.tests += 1
    return done


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A line for each of the dearest files."""
    terminalreporter.section("files of tests: seconds by the clock, seconds of processor, tests")
    dearest = sorted(_files.items(), key=lambda one: -max(one[1].wall, one[1].processor))
    for path, cost in dearest[:MOST]:
        terminalreporter.write_line(f"{cost.wall:8.1f} {cost.processor:8.1f} {cost.tests:6} {path}")
