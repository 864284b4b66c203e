"""Files in other languages through a whole node, with a child killed at each stage.

Sentiment has a model that, the catalog says, reads German only, and a model translates English into
German: so German is read as it is, English in translation, and French not at all.
"""

from __future__ import annotations

import os
import signal
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from producer.ingest.ingestion import ingest
from producer.ingest.plan import make_plan
from schema.database import reading
from schema.results.language import LanguageRow
from schema.results.sentiment import SentimentRow
from schema.settings import read_settings
from schema.status.progress import run_progress
from schema.tables import AbstentionRow, DocumentRow, JobState
from schema.verification import verify
from tests.end_to_end.node import PATIENCE, running_node
from tests.end_to_end.test_faults import Gate
from tests.support.ingesting import write_csv
from tests.support.ledger import jobs
from tests.support.waiting import wait_until

APP = "tests.end_to_end.gated"
CATALOG = """
[sentiment]
model = "pocket/sentiment"
languages = ["de"]

[translation.en-de]
model = "pocket/translation"
options = { split = "sentence" }
"""
GERMAN = "Das Paket kam zwei Tage zu spät und war schon offen."
FRENCH = "Le colis est arrivé avec deux jours de retard et il était ouvert."
ENGLISH = "The parcel arrived two days late and the box was open."
STAGES = ("language", "translation", "sentiment")
#: Where a child is killed in the middle of a job.
KILLED = ("language", "sentiment")


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "catalog.toml"
    path.write_text(CATALOG, "utf-8")
    monkeypatch.setenv("TRIAGE_MODELS", str(path))
    monkeypatch.setenv("TRIAGE_UPKEEP", "1")
    monkeypatch.setenv("TRIAGE_MESSAGE_TIMEOUT", "1")


def deliver(engine: Engine, folder: Path, run: str, texts: list[str]) -> None:
    path = write_csv(folder / f"{run}.csv", enumerate(texts))
    config = read_settings()
    plan = make_plan(config, [str(path)], run=run)
    assert plan.analyses == ("language", "sentiment", "translation")
    assert plan.needs == {
        "sentiment": ["language", "translation"],
        "translation": ["language"],
    }
    ingest(engine, config, plan)


def states(engine: Engine, analysis: str) -> set[str]:
    return {job.state for job in jobs(engine) if job.analysis == analysis}


def is_done(engine: Engine, analysis: str) -> bool:
    return states(engine, analysis) == {JobState.DONE}


def test_each_model_reads_what_it_can_whoever_is_killed(
    engine: Engine, redis_url: str, tmp_path: Path
) -> None:
    gate = Gate(tmp_path / "gate")
    held = f"hold {gate.folder}"
    deliver(engine, tmp_path, "german", [GERMAN, held])
    deliver(engine, tmp_path, "french", [FRENCH, FRENCH])
    deliver(engine, tmp_path, "mixed", [GERMAN, FRENCH, ENGLISH, "ok", "5/5"])
    assert states(engine, "sentiment") == states(engine, "translation") == {JobState.BLOCKED}
    for number, analysis in enumerate(STAGES):
        with running_node(tmp_path, [analysis], app=APP, name=analysis) as node:
            if analysis in KILLED:
                os.kill(gate.wait_for_begin(), signal.SIGKILL)
                gate.wait_for_begin()
                # While it is held nothing that needs it may go.
                for later in STAGES[number + 1 :]:
                    assert JobState.BLOCKED in states(engine, later)
                gate.open()
            wait_until(partial(is_done, engine, analysis), PATIENCE)
            assert len(node.loads()) == 1 + (analysis in KILLED)
        assert verify(engine) == []
        if STAGES[number + 1 : number + 2] == KILLED[1:]:
            # Whoever went through the open gate is gone with its node.
            for begun in gate.folder.glob("begun-*"):
                begun.unlink()
            gate.close()
    _check_results(engine)
    _check_status(engine)


def _check_results(engine: Engine) -> None:
    with reading(engine) as connection:
        languages = connection.execute(
            select(DocumentRow.text, LanguageRow.language, LanguageRow.unsure).join(
                LanguageRow, LanguageRow.document_id == DocumentRow.id
            )
        ).all()
        read = connection.execute(
            select(DocumentRow.text, SentimentRow.text_used).join(
                SentimentRow, SentimentRow.document_id == DocumentRow.id
            )
        ).all()
        left_alone = connection.execute(
            select(DocumentRow.text, AbstentionRow.analysis, AbstentionRow.reason).join(
                AbstentionRow, AbstentionRow.document_id == DocumentRow.id
            )
        ).all()
    known = {row.text: row.language for row in languages if not row.unsure}
    assert known == {GERMAN: "de", FRENCH: "fr", ENGLISH: "en", "5/5": "und"}
    assert len(languages) == 9
    assert {tuple(row) for row in read if not row.text.startswith("hold")} == {
        (GERMAN, "original"),
        (ENGLISH, "translation"),
        ("ok", "original"),
        ("5/5", "original"),
    }
    assert {tuple(row) for row in left_alone} == {
        (FRENCH, "sentiment", "language fr"),
        (FRENCH, "translation", "language fr"),
    }


def _check_status(engine: Engine) -> None:
    with reading(engine) as connection:
        found = run_progress(connection, "mixed")
    assert found.finished
    sentiment = next(one for one in found.analyses if one.analysis == "sentiment")
    assert (sentiment.done, sentiment.not_analysed) == (4, {"language fr": 1})
