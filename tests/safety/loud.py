"""The shipped Celery application with a model that shouts: its errors quote the text they fail on.

`celery -A tests.safety.loud worker …`
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from schema.document import Document
from schema.options import RunOptions
from schema.results import Abstention, Result
from tests.safety.words import ASSEMBLED, DEVICE, FORWARDED, MEMORY, MUTE, PREPARED
from tests.support.changed_analyses import change_loaded_analyses, put_before
from tests.support.watched_stream import WatchedStream
from workers.analysis import Analysis, Stream, Window
from workers.celery import app
from workers.errors import DocumentError


class MuteError(Exception):
    """An error that cannot even be printed."""

    def __str__(self) -> str:
        raise ValueError(self.args[0])

    __repr__ = __str__


@dataclass(frozen=True, slots=True)
class LoudWindow(Window):
    """A window that knows its document's text."""

    text: str = ""


class _Loud(Analysis):
    """Put before a real analysis, whose methods `super()` is: mypy sees the abstract ones."""

    def prepare(
        self, documents: Sequence[Document], options: RunOptions
    ) -> list[list[Window] | DocumentError]:
        for document in documents:
            _shout(PREPARED, document.text)
        prepared = super().prepare(documents, options)  # type: ignore[safe-super]
        for document, windows in zip(documents, prepared or (), strict=True):
            if not isinstance(windows, DocumentError):
                windows[:] = [
                    LoudWindow(one.length, one.features, one.group, text=document.text)
                    for one in windows
                ]
        return prepared

    def forward(self, windows: Sequence[Window], on_progress: Callable[[], None]) -> list[Any]:
        _shout_at(windows)
        return super().forward(windows, on_progress)  # type: ignore[safe-super]

    def forward_together(
        self,
        analyses: Sequence[Analysis],
        windows: Sequence[Window],
        on_progress: Callable[[], None],
    ) -> list[list[Any] | Exception]:
        _shout_at(windows)
        return super().forward_together(analyses, windows, on_progress)

    def stream(self, group: str) -> Stream | None:
        stream = super().stream(group)
        return stream and WatchedStream(stream, _shout_at)

    def assemble(
        self,
        document: Document,
        windows: Sequence[Window],
        outputs: Sequence[Any],
        options: RunOptions,
    ) -> list[Result] | Abstention:
        _shout(ASSEMBLED, document.text)
        return super().assemble(document, windows, outputs, options)  # type: ignore[safe-super]


def _shout_at(windows: Sequence[Window]) -> None:
    for window in windows:
        assert isinstance(window, LoudWindow)
        _shout(FORWARDED, window.text)
        if MEMORY in window.text:
            raise MemoryError(f"cannot allocate memory for {window.text}")
        if DEVICE in window.text:
            raise RuntimeError(f"CUDA error: {window.text}")
        if MUTE in window.text:
            raise MuteError(window.text)


def _shout(word: str, text: str) -> None:
    if word not in text:
        return
    try:
        raise KeyError(text)
    except KeyError as error:
        raise ValueError(f"cannot {word}: {text}") from error


change_loaded_analyses(partial(put_before, _Loud))

__all__ = ["app"]
