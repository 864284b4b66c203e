"""Comparing an analysis with what Transformers 4.57.6 gave, in many batches and orders."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from schema.document import Document
from schema.options import RunOptions
from schema.results import Abstention, Failure, Result
from workers.analysis import Analysis
from workers.engine.engine import Engine


def reference(name: str) -> dict[str, Any]:
    """What `reference/record_classification.py` recorded."""
    path = Path(__file__).parents[1] / "workers" / "reference" / f"{name}.json"
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    assert content["transformers"] == "4.57.6"
    assert len(content["texts"]) >= 60
    return content


def analyse(analysis: Analysis, texts: list[str], shuffle: int | None = None) -> list[list[Result]]:
    """The results of each text, in order; analysed in another order if `shuffle` is a seed."""
    documents = [Document(number, text) for number, text in enumerate(texts)]
    if shuffle is not None:
        random.Random(shuffle).shuffle(documents)
    outcomes = Engine(analysis).run(documents, RunOptions())
    results = {}
    for document, outcome in zip(documents, outcomes, strict=True):
        assert not isinstance(outcome, Failure | Abstention), outcome
        results[document.id] = outcome
    return [list(results[number]) for number in range(len(texts))]
