"""Sabotage: documents that harm a worker, by words in their text. All else is the real analysis."""

from __future__ import annotations

import ctypes
import os
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schema.document import Document
from schema.options import RunOptions
from tests.support.watched_stream import WatchedStream
from workers.analysis import Analysis, Stream, Window
from workers.errors import DocumentError

#: Names the file that has to be there for the words to do harm: an undisturbed run goes first.
ARMED = "CHAOS_ARMED"
#: Seconds that a forward takes at least for each of its rows, so that faults find jobs at work.
SLOWNESS = 0.08
#: Rows of a batch that a crowding document goes through with.
FEW_ROWS = 4

POISON, SEGFAULT, CROWDING, TOO_LARGE = "poison", "segfault", "crowding", "too-large"

_WORDS = re.compile(r"\[\[([a-z-]+):([a-z]+)\]\]")


class PoisonedDocumentError(Exception):
    """What the model raises for a poisoned document."""


@dataclass(frozen=True, slots=True)
class PlantedWindow(Window):
    """A window of a document that does harm: which, by analysis."""

    harms: tuple[tuple[str, str], ...] = ()

    def harm_to(self, analyses: Sequence[str]) -> list[str]:
        """What it does to any of these."""
        return [harm for name, harm in self.harms if name in analyses]


def harm_words(harm: str, analysis: str) -> str:
    """What a document says that does this harm to this analysis."""
    return f"[[{harm}:{analysis}]]"


def sabotage(analysis: Analysis) -> Analysis:
    """The same analysis, with its model as it is, but vulnerable to planted documents."""
    kind = type(analysis)
    analysis.__class__ = type(kind.__name__, (_Vulnerable, kind), {})
    return analysis


class _Vulnerable(Analysis):
    """Put before a real analysis, whose methods `super()` is: mypy sees the abstract ones."""

    def prepare(
        self, documents: Sequence[Document], options: RunOptions
    ) -> list[list[Window] | DocumentError]:
        prepared = super().prepare(documents, options)  # type: ignore[safe-super]
        for document, windows in zip(documents, prepared or (), strict=True):
            harms = tuple((name, harm) for harm, name in _WORDS.findall(document.text))
            if harms and not isinstance(windows, DocumentError):
                windows[:] = [
                    PlantedWindow(window.length, window.features, window.group, harms=harms)
                    for window in windows
                ]
        return prepared

    def forward(self, windows: Sequence[Window], on_progress: Callable[[], None]) -> list[Any]:
        if not _armed():
            return super().forward(windows, on_progress)  # type: ignore[safe-super]
        began = time.monotonic()
        _harm(windows, [self.name])
        outputs = super().forward(windows, on_progress)  # type: ignore[safe-super]
        # A large model's time, without its load on the machine.
        time.sleep(max(0.0, SLOWNESS * len(windows) - (time.monotonic() - began)))
        return outputs

    def forward_together(
        self,
        analyses: Sequence[Analysis],
        windows: Sequence[Window],
        on_progress: Callable[[], None],
    ) -> list[list[Any] | Exception]:
        if not _armed():
            return super().forward_together(analyses, windows, on_progress)
        began = time.monotonic()
        _harm(windows, [analysis.name for analysis in analyses])
        outputs = super().forward_together(analyses, windows, on_progress)
        time.sleep(max(0.0, SLOWNESS * len(windows) - (time.monotonic() - began)))
        return outputs

    def stream(self, group: str) -> Stream | None:
        stream = super().stream(group)
        if stream is None or not _armed():
            return stream

        def harm(windows: Sequence[Window]) -> None:
            _harm(windows, [self.name])

        return WatchedStream(stream, harm, lambda: time.sleep(SLOWNESS))


def _armed() -> bool:
    armed = os.environ.get(ARMED)
    return armed is not None and Path(armed).exists()


def _harm(windows: Sequence[Window], analyses: Sequence[str]) -> None:
    for window in windows:
        if isinstance(window, PlantedWindow):
            for harm in window.harm_to(analyses):
                _do_harm(harm, len(windows))


def _do_harm(harm: str, rows: int) -> None:
    import torch

    if harm == POISON:
        raise PoisonedDocumentError
    if harm == SEGFAULT:
        ctypes.string_at(0)
    if harm == CROWDING and rows > FEW_ROWS:
        raise torch.OutOfMemoryError("CUDA out of memory, said the saboteur")
    if harm == TOO_LARGE:
        raise MemoryError
