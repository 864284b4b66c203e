"""A real node with three heads on one encoder: one pass, and the outcomes of whole checkpoints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from schema.database import reading
from schema.results.entity import EntityRow
from schema.results.intent import IntentRow
from schema.results.sentiment import SentimentRow
from schema.tables import JobState
from schema.verification import verify
from tests.end_to_end.node import PATIENCE, running_node
from tests.support.ledger import jobs, make_run
from tests.support.shared_checkpoints import build_heads, whole
from tests.support.waiting import wait_until

ANALYSES = ("sentiment", "entities", "intent")
TEXTS = [
    f"{greeting} {name}, the parcel is {state}"
    for greeting in ("Hello", "Good day", "er")
    for name in ("Anna", "Berlin", "Mr. Miller", "all")
    for state in ("broken", "here", "late again", "what?")
]
#: Lines of a child's log: how many tokens a job cost, in how many batches.
_COST = re.compile(r"job (\d+): \d+ documents, ([\d,]+) tokens in (\d+) batches")


def catalog(path: Path, folders: dict[str, Path]) -> Path:
    tables = [
        f'[{name}]\nmodel = "{folders[name]}"\noptions = {{ precision = "fp32" }}\n'
        for name in ANALYSES
    ]
    path.write_text("\n".join(tables), "utf-8")
    return path


def rows(engine: Engine, table: Any, columns: Sequence[str], run: int) -> list[tuple[Any, ...]]:
    """Results of a run, by place of their document in it."""
    named = [getattr(table, column) for column in columns]
    statement = select(table.document_id, *named).where(table.run_id == run)
    with reading(engine) as connection:
        found = [tuple(row) for row in connection.execute(statement)]
    documents = sorted({row[0] for row in found})
    return sorted((documents.index(row[0]), *row[1:]) for row in found)


def test_outcomes_are_those_of_whole_checkpoints_and_the_encoder_runs_once(
    engine: Engine, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads = build_heads(tmp_path / "heads")
    apart = {name: whole(heads[name], tmp_path / "whole" / name) for name in ANALYSES}
    costs: dict[str, list[tuple[int, int]]] = {}
    results = {}
    for name, folders in (("heads", heads), ("whole", apart)):
        monkeypatch.setenv("TRIAGE_MODELS", str(catalog(tmp_path / f"{name}.toml", folders)))
        run = make_run(engine, TEXTS, ANALYSES, job_size=16, name=name)
        with running_node(tmp_path, ANALYSES, name=name) as node:
            wait_until(lambda run=run: all_done(engine, run), PATIENCE)  # type: ignore[misc]
        costs[name] = [
            (int(tokens.replace(",", "")), int(batches))
            for _, tokens, batches in _COST.findall(node.text())
        ]
        assert ("one encoder, and one pass through it" in node.text()) == (name == "heads")
        results[name] = (
            rows(engine, SentimentRow, ("label", "score"), run),
            rows(engine, EntityRow, ("type", "start", "end", "score"), run),
            rows(engine, IntentRow, ("ordinal", "intent", "score"), run),
        )
    with reading(engine) as connection:
        assert verify(connection) == []
    assert [job.attempts for job in jobs(engine)] == [1] * len(jobs(engine))
    assert len(costs["heads"]) == len(costs["whole"]) == len(jobs(engine)) / 2
    assert 3 * sum(tokens for tokens, _ in costs["heads"]) == sum(
        tokens for tokens, _ in costs["whole"]
    )
    assert len(results["whole"][0]) == len(TEXTS) and results["whole"][1]
    assert {row[0] for row in results["whole"][2]} == set(range(len(TEXTS)))
    for together, separate in zip(results["heads"], results["whole"], strict=True):
        assert [_but_score(row) for row in together] == [_but_score(row) for row in separate]
        # Batches are of other documents, and float32 rounds otherwise in other company.
        assert [row[-1] for row in together] == pytest.approx(
            [row[-1] for row in separate], abs=1e-5
        )


def _but_score(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return row[:-1]


def all_done(engine: Engine, run: int) -> bool:
    return {job.state for job in jobs(engine, run)} == {JobState.DONE}
