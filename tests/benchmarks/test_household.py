"""Variants in processes of their own: what goes wrong in one is told by the variant's name."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
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


@pytest.fixture
def household(place: Place) -> Iterator[Household]:
    with Household(SENTIMENT, place) as made:
        yield made


def children() -> list[int]:
    """Of this process, without multiprocessing's own."""
    found = psutil.Process().children()
    return [child.pid for child in found if "spawn_main" in " ".join(child.cmdline())]


def test_variants_of_one_household_say_the_same_from_one_process(household: Household) -> None:
    documents = texts.documents(6)
    runs = [household.load(name) for name in (BASELINE, "transformers 16 sorted")]
    first, second = (run(documents) for run in runs)
    assert first == second
    assert len(first) == 6 and all(isinstance(said, str) for said in first)
    assert len(children()) == 1


def test_its_process_ends_with_it(place: Place) -> None:
    with Household(SENTIMENT, place) as made:
        made.load(BASELINE)
        (child,) = children()
    assert not psutil.pid_exists(child)


def test_what_is_left_out_says_why(place: Place) -> None:
    elsewhere = replace(place, device="cuda:0", checkpoint=place.checkpoint / "nowhere")
    with Household(SENTIMENT, elsewhere) as made, pytest.raises(LeftOut, match="nowhere"):
        made.load("engine fp32")


def test_a_failure_is_told_with_its_place(household: Household) -> None:
    run = household.load(BASELINE)
    with pytest.raises(RuntimeError, match=f"'{BASELINE}' failed in its process:\nTraceback"):
        run([None])  # type: ignore[list-item]
    assert len(run(texts.documents(2))) == 2


def test_a_process_that_was_killed_is_told(household: Household) -> None:
    run = household.load(BASELINE)
    (child,) = children()
    os.kill(child, signal.SIGKILL)
    with pytest.raises(RuntimeError, match=f"the process of '{BASELINE}' has ended with -9"):
        run(texts.documents(2))
