"""Variants in processes of their own: what goes wrong in one is told by the variant's name."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from benchmarks.engine import texts
from benchmarks.engine.household import Household
from benchmarks.engine.transformers_variants import BASELINE
from benchmarks.engine.work import WORKS, LeftOut, Place

SENTIMENT = WORKS["sentiment"]


@pytest.fixture
def place(sentiment: Path) -> Place:
    return Place(sentiment, "cpu", 1)


def children() -> list[int]:
    """Of this process that live, without multiprocessing's own."""
    found = []
    for child in psutil.Process().children():
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
