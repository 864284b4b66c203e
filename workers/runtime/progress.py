"""Progress: how whoever asked for work hears that it goes on, and how he ends it."""

from __future__ import annotations

from typing import Protocol


class Interruption(BaseException):
    """Ends a forward from inside: nobody wants its result any more.

    It is no `Exception`, because isolation catches those to find a bad document;
    `asyncio.CancelledError` is none for the same reason. `Progress.tick` raises it, and whoever
    made that progress catches it, and knows why.
    """


class Progress(Protocol):
    """Hears of the steps of a computation."""

    def tick(self) -> None:
        """Note that work goes on; cheap, since it is called once a layer or decoding step.

        Raises:
            Interruption: If nobody wants the result any more.
        """


def no_progress() -> None:
    """A tick for want of anybody who wants to hear it."""
