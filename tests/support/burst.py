"""A child with its queue, whose analysis can be watched: for tests of bursts."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Engine as Database

from schema.broker.app import make_app
from schema.broker.messages import Messages
from schema.document import Document
from schema.ledger.dispatch import dispatch
from schema.options import RunOptions
from schema.settings import Settings
from schema.tables import JobState
from tests.support.engine_analysis import CountingAnalysis
from tests.support.ledger import jobs
from tests.support.waiting import wait_until
from workers.analysis import Window
from workers.child.context import JobContext
from workers.child.ledger_client import LedgerClient
from workers.child.runner import JobRunner
from workers.engine.engine import Engine
from workers.errors import DocumentError
from workers.models.registry import ModelRegistry
from workers.node.scoreboard import _SLOT, Scoreboard, _offset

NAME = "node/0"
PATIENCE = 30.0


class Watched(CountingAnalysis):
    """Does something first when a text is computed, or tokenised."""

    def __init__(self) -> None:
        super().__init__()
        self.on_forward: dict[str, Callable[[], object]] = {}
        self.on_prepare: dict[str, Callable[[], object]] = {}
        self.threads: set[tuple[str, bool]] = set()

    def _here(self, stage: str) -> None:
        self.threads.add((stage, threading.current_thread() is threading.main_thread()))

    def prepare(
        self, documents: Sequence[Document], options: RunOptions
    ) -> list[list[Window] | DocumentError]:
        self._here("prepare")
        for document in documents:
            self.on_prepare.get(document.text, lambda: None)()
        return super().prepare(documents, options)

    def forward(self, windows: Sequence[Window], on_progress: Callable[[], None]) -> list[Any]:
        self._here("forward")
        for window in windows:
            self.on_forward.get(window.features, lambda: None)()
        return super().forward(windows, on_progress)


class Child:
    """A child as Celery has it, with its queue."""

    def __init__(
        self, database: Database, board: Scoreboard, analysis: Watched | None = None, **limits: Any
    ) -> None:
        settings = Settings(lease=30, heartbeat=0.05, **limits)
        self.analysis = analysis or Watched()
        self.messages = Messages(make_app(settings))
        self.board = board
        self.engine = Engine(self.analysis)
        #: May be added to: what the child serves besides.
        self.engines = {"sentiment": self.engine}
        slot = board.slot(0, os.getpid())
        self.ledger = LedgerClient(database, self.messages, settings, NAME, slot)
        self.context = JobContext.of(self.ledger, self.engines, slot, settings, ModelRegistry())
        self.runner = JobRunner(self.context)
        self._database = database

    def send(self, window: int = 100) -> None:
        """Messages for all that waits."""
        dispatch(self._database, self.messages.publish, "sentiment", window)

    def work(self) -> None:
        """As Celery does with the first message."""
        assert self.messages.take("sentiment")
        self.runner.run_message("sentiment", jobs(self._database)[0].id)

    def deadline(self) -> float:
        """Until when the child says that it may be busy; 0 if it says nothing."""
        return float(_SLOT.unpack_from(self.board._page, _offset(0))[1])

    @property
    def computed(self) -> list[str]:
        return [text for batch in self.analysis.batches for text in batch]


def is_prefetched(engine: Database, index: int = 1) -> bool:
    """Whether a job is claimed, and not yet charged."""
    job = jobs(engine)[index]
    return (job.state, job.started_at, job.attempts) == (JobState.RUNNING, None, 0)


def wait_until_prefetched(engine: Database) -> None:
    wait_until(lambda: is_prefetched(engine), PATIENCE)


def states(engine: Database) -> list[tuple[str, int]]:
    return [(job.state, job.attempts) for job in jobs(engine)]
