"""What a document costs, stage by stage: every stage is there, and what stays is counted."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, func, select

from benchmarks.stages.ledger_stages import ANALYSES, LedgerStages
from benchmarks.stages.model_stages import demo_documents
from benchmarks.stages.stage import Stage, Stages
from schema.database import reading
from schema.results.entity import EntityRow
from schema.settings import Settings
from schema.tables import Job, JobState

DOCUMENTS = 300


def test_documents_go_all_the_way(
    sqlite_engine: Engine, redis_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = sqlite_engine.url.render_as_string(hide_password=False)
    config = Settings(database_url=SecretStr(url), redis_url=SecretStr(redis_url), rejects=tmp_path)
    stages = Stages()
    ledger = LedgerStages(sqlite_engine, stages, config, tmp_path)
    ledger.run(DOCUMENTS)
    names = [stage.name for stage in stages.found]
    assert names[:2] == ["ingest", "dispatch"] and names[-1] == "page"
    assert {f"write results ({name})" for name in ANALYSES} <= set(names)
    assert len(capsys.readouterr().out.splitlines()) == len(names)
    with reading(sqlite_engine) as connection:
        states = set(connection.execute(select(Job.state)).scalars())
        named = connection.execute(select(func.count()).select_from(EntityRow)).scalar_one()
    assert states == {JobState.DONE} and named == 2 * DOCUMENTS
    assert 50 < ledger.bytes["a message in Redis"] < 2_000
    assert all(ledger.bytes[name] > 50 for name in ("ingest", "results of sentiment", "rollups"))


def test_a_stage_says_what_one_of_it_costs() -> None:
    line = Stage("ingest", "documents", 1000, ours=0.05, server=0.02).line
    assert line.split() == ["ingest", "1000", "documents", "50.0", "20.0"]


def test_documents_for_models_are_english_reviews() -> None:
    documents = demo_documents(20)
    assert len(documents) == 20 and all(document.language == "en" for document in documents)
