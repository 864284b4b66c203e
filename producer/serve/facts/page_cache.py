"""The cache of facts: each choice of documents is read once, however many ask for it at once.

Facts are read in threads of their own, at most two at a time, and kept until the data change. Then
those of before are shown, with a word on when they were read, while new ones are being read: over a
million documents that takes half a minute, and nobody should wait for it.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from producer.serve.facts.facts import Facts
from producer.serve.facts.version import DataVersion
from producer.serve.filters.page_filters import PageFilters

#: Choices of which facts are kept; those of a page take some megabytes.
KEPT = 24
#: Choices that are read at once, and that may wait for their turn.
AT_ONCE, QUEUED = 2, 16
#: Seconds that a request waits for facts before something else is shown, …
WAIT = 2.5
#: … and requests that may wait at once: each holds a thread.
WAITING = 4
#: Facts are not read anew before this many times as long as reading them has taken: an ingest
#: changes the data all the time.
REST = 5.0


class TooManyPagesError(RuntimeError):
    """So many choices are being read that no further one is begun."""


@dataclass(slots=True)
class _Entry:
    """A choice of documents.

    Attributes:
        facts: The newest that were read.
        read_at: When, by the monotonic clock.
        begun: When the reading that goes on began, by the same clock; None if none does.
        error: What the last reading ended with.
        done: Set while no reading goes on.
    """

    facts: Facts | None = None
    read_at: float = 0.0
    begun: float | None = None
    error: Exception | None = None
    done: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class Found:
    """What there is of a choice.

    Attributes:
        facts: None where they are being read for the first time.
        is_old: Whether the data have changed since they were read.
        seconds: For how long newer ones are being read; None if they are not.
    """

    facts: Facts | None
    is_old: bool = False
    seconds: float | None = None


class PageCache:
    """Keeps facts; any thread may ask.

    Args:
        read: Reads the facts of a choice.
        version: Reads the version of the data.
        wait: Seconds that a request waits for facts.
    """

    def __init__(
        self,
        read: Callable[[PageFilters], Facts],
        version: Callable[[], DataVersion],
        wait: float = WAIT,
    ) -> None:
        self._read, self._version, self._wait = read, version, wait
        self._lock = threading.Lock()
        self._entries: OrderedDict[PageFilters, _Entry] = OrderedDict()
        self._reading = threading.Semaphore(AT_ONCE)
        self._waiting = threading.Semaphore(WAITING)

    def find(self, filters: PageFilters) -> Found:
        """What there is of a choice; what is missing is being read from now on, and waited for a
        little.

        Raises:
            TooManyPagesError: If too many choices are being read.
            Exception: What reading it for the first time ended with; the next request tries again.
        """
        version = self._version()
        with self._lock:
            self._forget(version)
            entry = self._entry(filters)
            if self._is_due(entry, version) and entry.begun is None:
                self._begin(filters, entry)
            due = entry.begun is not None
        if due and self._waiting.acquire(blocking=False):
            try:
                entry.done.wait(self._wait)
            finally:
                self._waiting.release()
        with self._lock:
            if entry.error is not None and entry.facts is None:
                raise entry.error
            since = None if entry.begun is None else time.monotonic() - entry.begun
            is_old = entry.facts is not None and entry.facts.version != version
            return Found(entry.facts, is_old, since)

    def _forget(self, version: DataVersion) -> None:
        """Drop what has texts of customers in it who have been forgotten since."""
        for entry in self._entries.values():
            if entry.facts is not None and entry.facts.version.gone != version.gone:
                entry.facts = None

    def _entry(self, filters: PageFilters) -> _Entry:
        entry = self._entries.get(filters)
        if entry is None:
            busy = sum(one.begun is not None for one in self._entries.values())
            if busy >= QUEUED:
                raise TooManyPagesError
            entry = self._entries[filters] = _Entry()
        self._entries.move_to_end(filters)
        for old in [one for one, kept in self._entries.items() if kept.begun is None]:
            if len(self._entries) > KEPT and old != filters:
                del self._entries[old]
        return entry

    def _is_due(self, entry: _Entry, version: DataVersion) -> bool:
        facts = entry.facts
        if facts is None or facts.version.edits != version.edits:
            return True
        rested = time.monotonic() - entry.read_at >= REST * facts.seconds
        return facts.version.data != version.data and rested

    def _begin(self, filters: PageFilters, entry: _Entry) -> None:
        entry.begun, entry.error = time.monotonic(), None
        entry.done.clear()
        # As a daemon: a server that is told to end does not wait for it.
        threading.Thread(
            target=self._fill, args=(filters, entry), name="facts", daemon=True
        ).start()

    def _fill(self, filters: PageFilters, entry: _Entry) -> None:
        facts: Facts | None = None
        error: Exception | None = None
        try:
            with self._reading:
                facts = self._read(filters)
        except Exception as raised:
            error = raised
        with self._lock:
            entry.facts, entry.error = facts or entry.facts, error
            entry.read_at, entry.begun = time.monotonic(), None
            if entry.facts is None and self._entries.get(filters) is entry:
                # Whoever waits has it; nobody else need remember what cannot be read.
                del self._entries[filters]
            entry.done.set()
