"""An analysis that takes a stream: one window a step, so that tests know what comes when."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Engine, select

from schema.database import reading
from schema.results.sentiment import SentimentRow
from schema.tables import DeadLetter
from tests.support.burst import Child, Watched
from workers.analysis import Window
from workers.child.heartbeat import Heartbeat


class Streamed(Watched):
    """As `Watched`; windows may come while others are on their way.

    Attributes:
        wants: Windows that should be waiting.
        alone: Texts that went through `forward` by itself, not in a stream.
    """

    def __init__(self, wants: int = 100) -> None:
        super().__init__()
        self.wants = wants
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
        self.wants = analysis.wants

    def run(
        self,
        windows: Sequence[Window],
        on_step: Callable[[], None],
        on_output: Callable[[int, Any], None],
        more: Callable[[], Sequence[Window]],
    ) -> None:
        waiting, number = list(windows), 0
        while waiting:
            on_output(number, self._analysis.step(waiting.pop(0)))
            number += 1
            on_step()
            if len(waiting) < self.wants:
                waiting += more()

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


def held_by_the_beat() -> Heartbeat:
    beat = next(one for one in threading.enumerate() if one.name == "beat")
    held: Heartbeat = beat._target.__self__  # type: ignore[attr-defined]
    return held


def analysis_of(child: Child) -> Streamed:
    assert isinstance(child.analysis, Streamed)
    return child.analysis
