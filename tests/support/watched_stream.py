"""A stream that can be watched, and stopped: for analyses that do harm in tests."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from typing import Any

from workers.analysis import Stream, Window


class WatchedStream:
    """A stream as it is, but somebody sees its windows before it does.

    Args:
        stream: Of a real analysis.
        on_windows: Given windows before they are computed; may raise, as a model would.
        on_output: Called when one is through.
    """

    def __init__(
        self,
        stream: Stream,
        on_windows: Callable[[Sequence[Window]], None],
        on_output: Callable[[], None] = lambda: None,
    ) -> None:
        self._stream, self._on_windows, self._on_output = stream, on_windows, on_output
        self._unseen: list[Window] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def add(self, windows: Sequence[Window], urgency: int | None = None) -> None:
        self._stream.add(windows, urgency)
        self._unseen += windows

    def run(
        self, tick: Callable[[], None]
    ) -> Generator[Sequence[tuple[int, Any]] | None, None, None]:
        with closing(self._stream.run(tick)) as steps:
            while True:
                unseen, self._unseen = self._unseen, []
                if unseen:
                    self._on_windows(unseen)
                try:
                    outputs = next(steps)
                except StopIteration:
                    return
                for _ in outputs or ():
                    self._on_output()
                yield outputs
