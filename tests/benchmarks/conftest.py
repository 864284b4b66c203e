"""Tiny checkpoints, made once a session by the benchmark's own makers."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.engine.synthetic.checkpoints import make_checkpoint
from benchmarks.engine.synthetic.shapes import TINY


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("checkpoints")


@pytest.fixture(scope="session")
def sentiment(root: Path) -> Path:
    return make_checkpoint(root, "sentiment", TINY["sentiment"])


@pytest.fixture(scope="session")
def entities(root: Path) -> Path:
    return make_checkpoint(root, "entities", TINY["entities"])


@pytest.fixture(scope="session")
def translation(root: Path) -> Path:
    return make_checkpoint(root, "translation", TINY["translation"])


@pytest.fixture(scope="session")
def summary(root: Path) -> Path:
    return make_checkpoint(root, "summary", TINY["summary"])
