"""Tiny checkpoints, built once, with a catalog that names them; and a child with its queue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from sqlalchemy import Engine

from schema.catalog import Catalog, CatalogEntry
from schema.ledger.reap import LOST
from schema.process import this_process
from schema.worker_registry import ready, register
from tests.support.burst import NAME, Child
from tests.support.checkpoints import BUILDERS
from tests.support.shared_checkpoints import build_heads
from tests.support.shared_heads import Passes
from tests.support.streamed import Streamed
from workers.child import failure_policy, job_source, retry
from workers.node.scoreboard import Scoreboard


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Tiny matrices are not worth a second thread, least of all beside other tests; and where more
    are allowed, a fork waits for ever for those that a test before has left to OpenMP.
    """
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def tiny_checkpoints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folder of a tiny checkpoint for each analysis."""
    root = tmp_path_factory.mktemp("checkpoints")
    return {analysis: build(root / analysis) for analysis, build in BUILDERS.items()}


@pytest.fixture(scope="session")
def tiny_catalog(tiny_checkpoints: dict[str, Path]) -> Catalog:
    """A catalog of the tiny checkpoints; the one translation is en-de."""
    return Catalog(
        "tiny",
        {
            "translation.en-de" if analysis == "translation" else analysis: CatalogEntry(
                model=str(folder)
            )
            for analysis, folder in tiny_checkpoints.items()
        },
    )


@pytest.fixture
def tiny_catalog_file(tiny_checkpoints: dict[str, Path], tmp_path: Path) -> Path:
    """The same as a TOML file."""
    lines = []
    for analysis, folder in tiny_checkpoints.items():
        table = "translation.en-de" if analysis == "translation" else analysis
        lines.append(f'[{table}]\nmodel = "{folder}"\n')
    path = tmp_path / "tiny.toml"
    path.write_text("\n".join(lines), "utf-8")
    return path


@pytest.fixture
def child(engine: Engine, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Child:
    monkeypatch.setattr(retry, "MIN_BACKOFF_SECONDS", 0.01)
    monkeypatch.setattr(failure_policy, "MIN_BACKOFF_SECONDS", 0)
    register(engine, NAME, this_process(), ["sentiment"], LOST)
    ready(engine, NAME)
    return Child(engine, Scoreboard())


@pytest.fixture
def streamed(engine: Engine, child: Child, monkeypatch: pytest.MonkeyPatch) -> Child:
    """A child whose analysis takes a stream."""
    monkeypatch.setattr(job_source, "EMPTY_QUEUE_SECONDS", 0)
    return Child(engine, Scoreboard(), Streamed())


@pytest.fixture(scope="module")
def heads(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders of tiny heads on one encoder, by their names."""
    return build_heads(tmp_path_factory.mktemp("heads"))


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Passes]:
    """The passes through any packed encoder, counted."""
    counted = Passes()
    with counted.watched(monkeypatch):
        yield counted
