"""Progress: how whoever asked for work is told that it goes on, and how he ends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Interruption(BaseException):
    """Carries what `on_progress` raised past whoever catches the exceptions of a model.

    Attributes:
        error: To be raised where nobody is to blame for it any more.
    """

    def __init__(self, error: BaseException) -> None:
        self.error = error


def carrying(tell: Callable[[], T]) -> Callable[[], T]:
    """The same call-back, but what it raises comes as `Interruption`."""

    def carry() -> T:
        try:
            return tell()
        except BaseException as error:
            raise Interruption(error) from None

    return carry


def nothing() -> None:
    """For want of anybody who wants to know."""
