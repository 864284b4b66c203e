"""The shipped Celery application, with a model that documents can hold up, or kill.

`celery -A tests.end_to_end.gated worker …`. A document `hold FOLDER` makes the forward say that it
has begun (`FOLDER/begun-PID`), and wait as long as `FOLDER/closed` is there; `segfault` is what it
says. Where `GATE_OF_LOADING` names a folder, loading the model waits likewise; where `GATE_ONE_JOB`
is set, a job that is taken ahead never joins the one that is being computed. Documents are
prepared as ever, and other texts go through the real model.
"""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from schema.catalog import Catalog
from schema.document import Document
from schema.options import RunOptions
from workers.celery import app
from workers.errors import DocumentError, WorkerError
from workers.runtime.importing import importing

with importing():
    from tests.support.watched_stream import WatchedStream
    from workers import analyses
    from workers.analysis import Analysis, Stream, Window
    from workers.child import job_source
    from workers.models.registry import ModelRegistry

if os.environ.get("GATE_ONE_JOB"):
    job_source.MAX_JOBS = 1

_load_analysis = analyses.load_analysis


def _load_gated(
    name: str, catalog: Catalog, device: str, models: ModelRegistry | None = None
) -> Analysis:
    if folder := os.environ.get("GATE_OF_LOADING"):
        _hold(Path(folder))
    analysis = _load_analysis(name, catalog, device, models)
    prepare, forward, stream_of = analysis.prepare, analysis.forward, analysis.stream
    texts: dict[int, str] = {}

    def remember(
        documents: Sequence[Document], options: RunOptions
    ) -> list[list[Window] | DocumentError]:
        prepared = prepare(documents, options)
        for document, windows in zip(documents, prepared, strict=True):
            if not isinstance(windows, DocumentError):
                texts.update({id(window): document.text for window in windows})
        return prepared

    def obey(windows: Sequence[Window]) -> None:
        for window in windows:
            word, _, folder = texts.get(id(window), "").partition(" ")
            if word == "hold":
                _hold(Path(folder))
            elif word == "segfault":
                ctypes.string_at(0)
            elif word == "broken" and Path(folder, "closed").exists():
                raise WorkerError("the model is not to be had")

    def obedient(windows: Sequence[Window], on_progress: Callable[[], None]) -> list[Any]:
        obey(windows)
        return forward(windows, on_progress)

    def stream(group: str) -> Stream | None:
        of_group = stream_of(group)
        return of_group and WatchedStream(of_group, obey)

    analysis.prepare = remember  # type: ignore[method-assign]
    analysis.forward, analysis.stream = obedient, stream  # type: ignore[method-assign]
    return analysis


def _hold(folder: Path) -> None:
    (folder / f"begun-{os.getpid()}").touch()
    while (folder / "closed").exists():
        time.sleep(0.05)


# A child looks it up here when it loads its models.
analyses.load_analysis = _load_gated

__all__ = ["app"]
