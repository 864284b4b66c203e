"""The cache of facts: one reading for all who ask, old facts while new ones are read, no text of
anybody who was forgotten.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from producer.serve.facts.facts import Facts
from producer.serve.facts.page_cache import KEPT, QUEUED, PageCache, TooManyPagesError
from producer.serve.facts.version import DataVersion
from producer.serve.filters.page_filters import PageFilters
from tests.support.waiting import wait_until

PATIENCE = 20.0
ALL = PageFilters()


@dataclass
class Source:
    """Facts that are read when the test says so; each says how many were read before."""

    version: DataVersion = DataVersion("1", "1", "1")
    seconds: float = 0.0
    error: Exception | None = None
    reads: int = 0
    go_on: threading.Event = field(default_factory=threading.Event)

    def read(self, filters: PageFilters) -> Facts:
        version = self.version
        self.reads += 1
        number = self.reads
        assert self.go_on.wait(PATIENCE)
        if self.error is not None:
            raise self.error
        return Facts(cast(Any, number), cast(Any, None), version, self.seconds)

    def cache(self, wait: float = PATIENCE) -> PageCache:
        return PageCache(self.read, lambda: self.version, wait)


def number(found: Any) -> int:
    return int(found.facts.page)


def test_many_who_ask_at_once_have_it_read_once() -> None:
    source = Source()
    cache = source.cache(wait=0.01)
    assert cache.find(ALL).facts is None
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: cache.find(ALL), range(40)))
    assert {one.facts for one in found} == {None} and found[-1].seconds is not None
    source.go_on.set()
    assert wait_until(lambda: cache.find(ALL).facts, PATIENCE).page == cast(Any, 1)
    assert source.reads == 1


def test_while_new_facts_are_read_the_old_ones_are_shown() -> None:
    source = Source()
    source.go_on.set()
    cache = source.cache(wait=0.01)
    wait_until(lambda: cache.find(ALL).facts, PATIENCE)
    source.go_on.clear()
    source.version = DataVersion("2", "1", "1")
    found = cache.find(ALL)
    assert number(found) == 1 and found.is_old and found.seconds is not None
    source.go_on.set()
    wait_until(lambda: not cache.find(ALL).is_old, PATIENCE)
    assert number(cache.find(ALL)) == 2 and source.reads == 2


def test_facts_that_took_long_rest_though_the_data_change_but_not_when_people_edit() -> None:
    source = Source(seconds=1_000.0)
    source.go_on.set()
    cache = source.cache()
    cache.find(ALL)
    source.version = DataVersion("2", "1", "1")
    found = cache.find(ALL)
    assert number(found) == 1 and found.is_old and found.seconds is None
    source.version = DataVersion("2", "2", "1")
    assert number(cache.find(ALL)) == 2


def test_what_was_forgotten_is_not_shown_while_new_facts_are_read() -> None:
    source = Source(seconds=1_000.0)
    source.go_on.set()
    cache = source.cache(wait=0.01)
    wait_until(lambda: cache.find(ALL).facts, PATIENCE)
    other = PageFilters(product="Coat")
    wait_until(lambda: cache.find(other).facts, PATIENCE)
    source.go_on.clear()
    source.version = DataVersion("1", "1", "2")
    assert cache.find(ALL).facts is None
    assert cache.find(other).facts is None
    source.go_on.set()
    assert wait_until(lambda: cache.find(ALL).facts, PATIENCE)


def test_an_error_is_told_and_the_next_request_tries_again() -> None:
    source = Source(error=ValueError("no"))
    source.go_on.set()
    cache = source.cache()
    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            cache.find(ALL)
    source.error = None
    assert number(cache.find(ALL)) == 3


def test_old_facts_outlive_an_error() -> None:
    source = Source()
    source.go_on.set()
    cache = source.cache()
    cache.find(ALL)
    source.version, source.error = DataVersion("2", "1", "1"), ValueError("no")
    found = cache.find(ALL)
    assert number(found) == 1 and found.is_old


def test_no_more_is_kept_or_begun_than_there_is_room_for() -> None:
    source = Source()
    source.go_on.set()
    cache = source.cache()
    for place in range(KEPT + 3):
        cache.find(PageFilters(product=str(place)))
    reads = source.reads
    assert number(cache.find(PageFilters(product=str(KEPT + 2)))) == KEPT + 3
    assert source.reads == reads
    cache.find(PageFilters(product="0"))
    assert source.reads == reads + 1
    source.go_on.clear()
    cache = source.cache(wait=0.0)
    for place in range(QUEUED):
        cache.find(PageFilters(product=str(place)))
    with pytest.raises(TooManyPagesError):
        cache.find(ALL)
    source.go_on.set()
