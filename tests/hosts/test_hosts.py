"""Scenarios of several hosts, short: nothing is lost, doubled or different, and work goes on."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hosts.network import reason_for_none

ROOT = Path(__file__).parents[2]
#: The last line of a play that went well.
WELL = re.compile(r"triage verify ok, 0 lost, 0 duplicated, 0 different of (\d+)$", re.M)


def played(*arguments: str) -> str:
    """Play a scenario to its end; returns what it said."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.hosts", *arguments, "--lease", "4"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert ended.returncode == 0, ended.stdout
    found = WELL.search(ended.stdout)
    assert found and int(found[1]) > 200, ended.stdout
    return ended.stdout


def test_a_host_is_cut_off_and_comes_back() -> None:
    if reason := reason_for_none():
        pytest.skip(reason)
    said = played("cut", "--seconds", "10", "--only", "a host is cut off", "--only", "it is back")
    assert re.search(r"it is back: node1 works \d+\.\d s after", said), said


def test_the_primary_of_redis_dies() -> None:
    assert "takes over" in played("failover", "--only", "the primary is killed")


def test_a_disk_is_full_and_no_connection_is_left() -> None:
    if os.geteuid() != 0:
        pytest.skip("a small disk needs root, to be mounted")
    kinds = (
        "the disk of PostgreSQL is full",
        "the disk of Redis is full",
        "a role has no connections left",
    )
    said = played(
        "limits", "--seconds", "5", *(part for kind in kinds for part in ("--only", kind))
    )
    assert all(f"{kind}: 1 times" in said for kind in kinds), said
