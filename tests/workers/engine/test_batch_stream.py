"""Batches of an encoder in a stream: what they are made of, and the same outcomes as job by job."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import pytest
import torch
from sqlalchemy import Engine as Database

from schema.catalog import Catalog
from schema.document import Document
from schema.options import RunOptions
from schema.results import Abstention, Failure
from schema.results.outcome import Outcome
from schema.results.sentiment import Sentiment
from schema.tables import JobState
from tests.support.burst import PATIENCE, Child, Watched, states
from tests.support.collected import (
    Collected,
    Jobs,
    documents_of,
    job_of,
    nothing,
    outcomes_of,
)
from tests.support.engine_analysis import CountingAnalysis
from tests.support.ledger import make_run
from tests.support.waiting import wait_until
from workers.analyses import load_analysis
from workers.analysis import Window
from workers.engine.batch_stream import BatchStream
from workers.engine.engine import Engine

SIZES = (3, 1, 7, 2, 11)


@contextmanager
def threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    yield
    torch.set_num_threads(before)


def packed(budget: int) -> CountingAnalysis:
    analysis = CountingAnalysis()
    analysis.packed, analysis.budget = True, budget
    return analysis


def windows_of(*lengths: int) -> list[Window]:
    return [Window(length, length) for length in lengths]


def run(
    stream: BatchStream, first: Sequence[Window], more: Callable[[], Sequence[Window]]
) -> dict[int, Any]:
    """Drive a stream as the engine does; what the model made of each window."""
    said: dict[int, Any] = {}
    stream.add(first)
    for outputs in stream.run(nothing):
        said.update(outputs or ())
        if stream.needs_windows():
            stream.add(more())
    return said


def label_of(outcome: Outcome) -> str:
    assert not isinstance(outcome.outcome, Failure | Abstention)
    (result,) = outcome.outcome
    assert isinstance(result, Sentiment)
    return result.label


def exactly(outcome: Outcome) -> list[object]:
    assert not isinstance(outcome.outcome, Failure | Abstention)
    results = [asdict(result) for result in outcome.outcome]
    return [outcome.document_id, outcome.model, *results]


def nearly(outcome: Outcome) -> list[object]:
    """Numbers may differ as sums in another order do."""
    document, model, *results = exactly(outcome)
    return [document, model, *(pytest.approx(result, abs=1e-5) for result in results)]


@pytest.mark.parametrize("name", ["sentiment", "entities", "qa"])
@pytest.mark.parametrize("lanes", [1, 3])
def test_outcomes_are_those_of_each_job_by_itself(
    tiny_catalog: Catalog, name: str, lanes: int
) -> None:
    options = RunOptions(questions=("What arrived late?",))
    engine = Engine(load_analysis(name, tiny_catalog, "cpu"))
    engine.budgets.set_ceiling("", 64)
    texts = [f"Parcel {number} from Berlin was late. " * (number % 5 + 1) for number in range(24)]
    documents = [Document(number, text, "en") for number, text in enumerate(texts)]
    batches = []
    for size in SIZES:
        some, documents = documents[:size], documents[size:]
        batches.append(some)
    with threads(lanes):
        expected = [outcomes_of(engine, some, options) for some in batches]
        jobs = Jobs([job_of(engine, some, options) for some in batches])
        before = engine.counters.copy()
        collected = Collected(engine, jobs)
    assert not jobs.faults
    done = engine.counters - before
    assert sorted(collected.done) == list(range(len(SIZES)))
    # One lane comes to its end only when nobody comes.
    assert lanes > 1 or jobs.firsts == 1
    for number, outcomes in collected.done.items():
        assert [exactly(one) for one in outcomes] == [nearly(one) for one in expected[number]]
    assert collected.counted.tokens == done.tokens
    assert done.padding == 0 and done.seconds > 0


def test_a_batch_is_filled_from_the_next_job() -> None:
    analysis = packed(budget=10)
    engine = Engine(analysis)
    texts = (["xxxxx", "xxxxxx"], ["yyyy", "yyy"])
    coming = Collected(engine, Jobs([job_of(engine, documents_of(some)) for some in texts]))
    assert analysis.batches == [["xxxxxx"], ["xxxxx", "yyyy"], ["yyy"]]
    labels = {number: [label_of(one) for one in done] for number, done in coming.done.items()}
    assert labels == {0: ["5", "6"], 1: ["4", "3"]}


def test_more_is_asked_when_few_batches_wait() -> None:
    forwards: list[int] = []
    asked_after: list[int] = []

    def forward(windows: Sequence[Window], tick: Callable[[], None]) -> list[int]:
        forwards.append(len(windows))
        return [window.features for window in windows]

    def more() -> list[Window]:
        asked_after.append(len(forwards))
        return []

    stream = BatchStream(forward, budget=lambda: 4, lanes=lambda tokens: 1)
    said = run(stream, windows_of(*[2] * 20), more)
    assert forwards == [2] * 10
    assert asked_after == [8, 9, 10]
    assert said == dict.fromkeys(range(20), 2)


def test_a_window_larger_than_a_batch_goes_alone() -> None:
    sizes: list[list[int]] = []

    def forward(windows: Sequence[Window], tick: Callable[[], None]) -> list[int]:
        sizes.append([window.length for window in windows])
        return [0 for _ in windows]

    stream = BatchStream(forward, budget=lambda: 10, lanes=lambda tokens: 1)
    run(stream, windows_of(3, 30, 10, 7), list)
    assert sizes == [[30], [10], [7, 3]]


def test_whatever_comes_goes_through_one_of_the_lanes_once() -> None:
    together = threading.Barrier(3, timeout=60)
    met: set[str] = set()
    chance = random.Random(1)
    coming = [windows_of(*(chance.randint(1, 6) for _ in range(size))) for size in range(40)]
    expected = [3, 3, 3, *(window.length for windows in coming for window in windows)]

    def forward(windows: Sequence[Window], tick: Callable[[], None]) -> list[int]:
        name = threading.current_thread().name
        if name.startswith("lane-") and name not in met:
            met.add(name)
            together.wait()
        tick()
        return [window.length for window in windows]

    def more() -> list[Window]:
        # Now and then none is there just yet; to the lanes that is as if none came any more.
        return coming.pop(0) if coming and chance.random() < 0.7 else []

    stream = BatchStream(forward, budget=lambda: 4, lanes=lambda tokens: 3 if tokens > 4 else 1)
    with threads(3):
        said = run(stream, windows_of(3, 3, 3), more)
    came = len(expected) - sum(map(len, coming))
    assert met == {"lane-0", "lane-1", "lane-2"}
    assert [said[number] for number in range(came)] == expected[:came]
    assert len(said) == came


def test_lanes_begin_anew_where_there_is_work_for_more() -> None:
    together = threading.Barrier(2, timeout=60)
    threads_of: dict[int, str] = {}
    coming = [windows_of(*[4] * 4)]

    def forward(windows: Sequence[Window], tick: Callable[[], None]) -> list[int]:
        name = threading.current_thread().name
        if name not in threads_of.values() and name.startswith("lane-"):
            together.wait()
        threads_of[len(threads_of)] = name
        return [0 for _ in windows]

    stream = BatchStream(forward, budget=lambda: 4, lanes=lambda tokens: 2 if tokens > 4 else 1)
    with threads(2):
        said = run(stream, windows_of(4), lambda: coming.pop() if coming else [])
    assert len(said) == 5
    assert set(threads_of.values()) == {threading.current_thread().name, "lane-0", "lane-1"}


@pytest.mark.parametrize("queues", [False, True])
def test_a_job_of_less_than_a_batch_does_not_end_the_stream(queues: bool) -> None:
    coming = [windows_of(10, 10, 10) for _ in range(6)]

    def forward(windows: Sequence[Window], tick: Callable[[], None]) -> list[int]:
        tick()
        return [window.length for window in windows]

    def lanes_of(tokens: int) -> int:
        return 2

    stream = BatchStream(forward, lambda: 1000, lanes_of, queues)
    with threads(2):
        said = run(stream, windows_of(10, 10, 10), lambda: coming.pop() if coming else [])
    assert said == dict.fromkeys(range(21), 10)


def test_jobs_of_an_encoder_share_batches(engine: Database, redis_url: str, child: Child) -> None:
    analysis = Watched()
    analysis.packed, analysis.budget = True, 8
    child = Child(engine, child.board, analysis)
    make_run(engine, ["aaaaaaaa|aa", "bbbb"], job_size=1)
    child.send()
    analysis.on_forward["aaaaaaaa"] = lambda: wait_until(
        lambda: child.context.prefetcher.is_ready, PATIENCE
    )
    child.work()
    assert states(engine) == [(JobState.DONE, 1)] * 2
    assert analysis.batches == [["aaaaaaaa"], ["aa", "bbbb"]]
