"""An analysis that takes a stream: one window a step, so that tests know what comes when."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from sqlalchemy import Engine, select

from schema.database import reading
from schema.results.sentiment import SentimentRow
from schema.tables import DeadLetter
from tests.support.burst import Child, Watched
from workers.analysis import Window


class Streamed(Watched):
    """As `Watched`; windows may come while others are on their way.

    Attributes:
        queue_target: Windows that should be waiting.
        alone: Texts that went through `forward` by itself, not in a stream.
    """

    def __init__(self, queue_target: int = 100) -> None:
        super().__init__()
        self.queue_target = queue_target
        self.alone: list[str] = []
        self._in_stream = False

    @property
    def streams(self) -> bool:
        return True

    def stream(self, group: str) -> OneByOne:
        return OneByOne(self)

    def forward(self, windows: Sequence[Window], on_progress: Callable[[], None]) -> list[Any]:
        if not self._in_stream:
            self.alone += [window.features for window in windows]
        return super().forward(windows, on_progress)

    def step(self, window: Window) -> Any:
        self._in_stream = True
        try:
            (output,) = self.forward([window], lambda: None)
        finally:
            self._in_stream = False
        return output


class OneByOne:
    """The stream."""

    by_batches = False

    def __init__(self, analysis: Streamed) -> None:
        self._analysis = analysis
        self.queue_target = analysis.queue_target
        self._waiting: list[Window] = []

    def add(self, windows: Sequence[Window], urgency: int | None = None) -> None:
        self._waiting += windows

    def opened(self, tick: Callable[[], None]) -> AbstractContextManager[None]:
        return nullcontext()

    def needs_windows(self) -> bool:
        return len(self._waiting) < self.queue_target

    def run(self, tick: Callable[[], None]) -> Generator[list[tuple[int, Any]], None, None]:
        number = 0
        while self._waiting:
            output = self._analysis.step(self._waiting.pop(0))
            tick()
            yield [(number, output)]
            number += 1

    def outputs(self, raw: Sequence[Any]) -> list[Any]:
        return list(raw)


def labels(engine: Engine) -> list[str]:
    """By document: how many characters it has."""
    with reading(engine) as connection:
        ordered = select(SentimentRow.label).order_by(SentimentRow.document_id)
        return list(connection.execute(ordered).scalars())


def letters(engine: Engine) -> list[tuple[str, int]]:
    with reading(engine) as connection:
        found = connection.execute(select(DeadLetter.error_class, DeadLetter.attempts))
        return [(row.error_class, row.attempts) for row in found]


def analysis_of(child: Child) -> Streamed:
    assert isinstance(child.analysis, Streamed)
    return child.analysis
