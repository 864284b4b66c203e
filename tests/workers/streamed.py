"""An analysis that takes a stream: one window a step, so that tests know what comes when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tests.workers.burst import Watched
from workers.analysis import Window


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
