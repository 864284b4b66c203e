"""Variants in processes of their own: what goes wrong in one is told by the variant's name."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from benchmarks.engine.measuring.isolated_process import Household
from benchmarks.engine.synthetic import texts
from benchmarks.engine.variants.transformers_pipelines import BASELINE
from benchmarks.engine.workload import WORKS, LeftOut, Place

pytestmark = pytest.mark.slow

SENTIMENT = WORKS["sentiment"]

#: Starts a household for the checkpoint that is named, says so, and waits.
KEEPER = """
import sys
from pathlib import Path
from benchmarks.engine.measuring.isolated_process import Household
from benchmarks.engine.workload import WORKS, Place
household = Household(WORKS["sentiment"], Place(Path(sys.argv[1]), "cpu", 1))
household.load("engine fp32")
print("loaded", flush=True)
sys.stdin.read()
"""


#: Loads a variant in a household where libraries show bars, and lets it end.
BARRED = """
import sys
from benchmarks.engine.measuring.isolated_process import Household
from benchmarks.engine.workload import WORKS, Place
from tests.support.barred import BarredPath
with Household(WORKS["sentiment"], Place(BarredPath(sys.argv[1]), "cpu", 1)) as household:
    household.load("engine fp32")
print("loaded", flush=True)
"""


@pytest.fixture
def place(sentiment: Path) -> Place:
    return Place(sentiment, "cpu", 1)


def children(pid: int | None = None) -> list[int]:
    """Of this process, or another, that live, without multiprocessing's own."""
    found = []
    for child in psutil.Process(pid).children():
        with suppress(psutil.ZombieProcess):
            if "spawn_main" in " ".join(child.cmdline()):
                found.append(child.pid)
    return found


def test_variants_of_one_household_say_the_same_from_one_process(place: Place) -> None:
    documents = texts.documents(6)
    with Household(SENTIMENT, place) as household:
        runs = [household.load(name) for name in (BASELINE, "transformers 16 sorted")]
        first, second = (run(documents) for run in runs)
        assert first == second
        assert len(first) == 6 and all(isinstance(said, str) for said in first)
        (child,) = children()
        with pytest.raises(RuntimeError, match=f"'{BASELINE}' failed in its process:\nTraceback"):
            runs[0]([None])  # type: ignore[list-item]
        assert runs[0](documents) == first
    assert not psutil.pid_exists(child)


def test_what_is_left_out_says_why_and_a_killed_process_is_told(place: Place) -> None:
    nowhere = replace(place, checkpoint=place.checkpoint / "nowhere")
    with Household(SENTIMENT, nowhere) as household:
        with pytest.raises(LeftOut, match="nowhere"):
            household.load("engine fp32")
        (child,) = children()
        os.kill(child, signal.SIGKILL)
        with pytest.raises(RuntimeError, match="the process of 'engine fp32' has ended with -9"):
            household.load("engine fp32")


def test_an_error_here_ends_its_process_at_once(place: Place) -> None:
    with pytest.raises(KeyboardInterrupt), Household(SENTIMENT, place):
        (child,) = children()
        raise KeyboardInterrupt
    assert not psutil.pid_exists(child)


def test_it_leaves_no_semaphores_behind(place: Place) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BARRED, str(place.checkpoint)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "loaded\n", done.stderr
    assert "resource_tracker" not in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent")
def test_it_ends_with_whoever_started_it_however_that_ends(place: Place) -> None:
    keeper = subprocess.Popen(
        [sys.executable, "-c", KEEPER, str(place.checkpoint)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert keeper.stdout is not None
    assert keeper.stdout.readline() == "loaded\n"
    (child,) = children(keeper.pid)
    # As one that is busy, it does not see that nobody asks any more.
    os.kill(child, signal.SIGSTOP)
    ending = os.pidfd_open(child)
    keeper.kill()
    keeper.communicate()
    assert select.select([ending], [], [], 60)[0], "the household has outlived its keeper"
    os.close(ending)
