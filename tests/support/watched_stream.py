"""A stream that can be watched, and stopped: for analyses that do harm in tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from workers.analysis import Stream, Window


class WatchedStream:
    """A stream as it is, but somebody sees its windows before it does.

    Args:
        stream: Of a real analysis.
        on_windows: Given windows as they come; may raise, as a model would.
        on_output: Called when one is through, where it is.
    """

    def __init__(
        self,
        stream: Stream,
        on_windows: Callable[[Sequence[Window]], None],
        on_output: Callable[[], None] = lambda: None,
    ) -> None:
        self._stream, self._on_windows, self._on_output = stream, on_windows, on_output

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def run(
        self,
        windows: Sequence[Window],
        on_step: Callable[[], None],
        on_output: Callable[[int, Any], None],
        more: Callable[[], Sequence[Window]],
    ) -> None:
        def seen(some: Sequence[Window]) -> Sequence[Window]:
            self._on_windows(some)
            return some

        def through(number: int, output: Any) -> None:
            self._on_output()
            on_output(number, output)

        self._stream.run(seen(windows), on_step, through, lambda: seen(more()))
