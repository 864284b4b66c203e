"""`triage search`: by words and by meaning together, and by one alone where there is no other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, update

from producer.errors import UsageError
from schema.catalog import load_catalog
from schema.database import writing
from schema.ledger.documents import read_documents
from schema.ledger.finish import finish
from schema.options import RunOptions
from schema.results import Failure
from schema.results.outcome import Outcome
from schema.tables import DocumentRow
from tests.support.console import Triage
from tests.support.feedback import add_result
from tests.support.ledger import make_run
from tests.support.sentence_checkpoints import build_sentence_bert
from tests.support.working import claim_all
from workers.analyses import load_analysis
from workers.engine.engine import Engine as ModelEngine

TEXTS = [
    "I like the fabric, but the zip broke after a week.",
    "The parcel came late. Nobody told me why.",
    "My \x1b[31m zip is fine and I love it.",
    "It tore apart at once",
]


@pytest.fixture
def triage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Triage:
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path / "home"))
    return Triage(monkeypatch, capsys)


@pytest.fixture
def catalog(tmp_path: Path) -> str:
    folder = build_sentence_bert(tmp_path / "model")
    path = tmp_path / "tiny.toml"
    path.write_text(f'[embedding]\nmodel = "{folder}"\n', "utf-8")
    return str(path)


@pytest.fixture
def stored(sqlite_engine: Engine) -> Engine:
    store(sqlite_engine)
    return sqlite_engine


def store(engine: Engine) -> None:
    """Documents without vectors, one of them with a sentiment."""
    made = make_run(engine, TEXTS, ["embedding"])
    with writing(engine) as connection:
        connection.execute(update(DocumentRow).values(product="Coat"))
        of_first = update(DocumentRow).where(DocumentRow.external_id == "0")
        connection.execute(of_first.values(product="Bag"))
        add_result(
            connection,
            "sentiment",
            made,
            1,
            label="x",
            score=0.9,
            polarity="negative",
            unsure=False,
        )


@pytest.fixture
def embedded(stored: Engine, catalog: str) -> Engine:
    """With the vectors that a worker gives."""
    model = ModelEngine(load_analysis("embedding", load_catalog(catalog), "cpu"))
    (claimed,) = claim_all(stored)
    documents = read_documents(stored, claimed)
    (provenance,) = model.analysis.provenance()
    found = model.run(documents, RunOptions())
    assert not any(isinstance(one, Failure) for one in found)
    outcomes = [
        Outcome(int(document.id), results, provenance)
        for document, results in zip(documents, found, strict=True)
    ]
    assert finish(stored, claimed, outcomes)
    return stored


def hits(triage: Triage, *arguments: str) -> list[dict[str, Any]]:
    ended = triage("search", *arguments, "--json")
    assert (ended.code, ended.err) == (0, "")
    found: list[dict[str, Any]] = json.loads(ended.out)
    return found


def test_both_ways_together(embedded: Engine, triage: Triage, catalog: str) -> None:
    found = hits(triage, "the zip broke after a week.", "--models", catalog)
    assert len(found) == len(TEXTS)
    first = found[0]
    assert first["external_id"] == "0" and first["source"] == "run"
    assert first["clause"] == "the zip broke after a week."
    assert TEXTS[0][first["start"] : first["end"]] == first["clause"]
    assert first["polarity"] == "negative" and first["product"] == "Bag"
    # Of both rankings the best.
    assert first["score"] == pytest.approx(2 / 61)
    # What has none of the words is found by its meaning alone.
    assert {one["external_id"] for one in found} == {"0", "1", "2", "3"}


def test_filters_go_for_both(embedded: Engine, triage: Triage, catalog: str) -> None:
    coats = hits(triage, "zip", "--models", catalog, "--product", "Coat")
    assert {one["external_id"] for one in coats} == {"1", "2", "3"}
    unhappy = hits(triage, "zip", "--models", catalog, "--polarity", "negative", "--run", "run")
    assert [one["external_id"] for one in unhappy] == ["0"]
    assert len(hits(triage, "zip", "--models", catalog, "--limit", "2")) == 2


def test_a_table_cannot_steer_the_terminal(embedded: Engine, triage: Triage, catalog: str) -> None:
    ended = triage("search", "zip broke", "--models", catalog)
    assert ended.code == 0 and "zip broke after a week" in ended.out
    assert "\x1b[31m" not in ended.out


def test_without_vectors_words_alone(engine: Engine, triage: Triage) -> None:
    store(engine)
    ended = triage("search", "zip broke")
    assert ended.code == 0
    assert ended.err == "by words alone: no document has an embedding yet\n"
    assert "zip broke after a week." in ended.out
    assert "parcel" not in ended.out
    assert triage("search", "unheard").out == "nothing found\n"


def test_without_torch_words_alone(
    embedded: Engine, triage: Triage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise UsageError("torch is not installed: pip install '.[worker]' in the project's folder")

    monkeypatch.setattr("producer.searching.require_worker_extra", missing)
    ended = triage("search", "zip broke", "--json")
    assert ended.code == 0 and ended.err.startswith("by words alone: torch is not installed")
    (first, second) = json.loads(ended.out)
    assert (first["external_id"], second["external_id"]) == ("0", "2")
    assert first["clause"] == "the zip broke after a week."


def test_vectors_of_another_model_are_not_compared(
    embedded: Engine, triage: Triage, tmp_path: Path
) -> None:
    build_sentence_bert(tmp_path / "model")
    other = tmp_path / "other.toml"
    prefix = 'options = { prefix = "query: " }'
    other.write_text(f'[embedding]\nmodel = "{tmp_path / "model"}"\n{prefix}\n', "utf-8")
    ended = triage("search", "zip broke", "--models", str(other))
    assert ended.code == 0 and "by words alone: the catalog names" in ended.err
    none = tmp_path / "none.toml"
    none.write_text('[sentiment]\nmodel = "a/b"\n', "utf-8")
    ended = triage("search", "zip broke", "--models", str(none))
    assert ended.code == 0 and "no model for 'embedding'" in ended.err


def test_what_is_forgotten_is_not_found(embedded: Engine, triage: Triage, catalog: str) -> None:
    assert len(hits(triage, "zip", "--models", catalog)) == 4
    assert triage("forget", "--external-id", "0", "--yes").code == 0
    found = hits(triage, "zip", "--models", catalog)
    assert {one["external_id"] for one in found} == {"1", "2", "3"}


@pytest.mark.parametrize(
    "command", [["forget", "--external-id", "0", "--yes"], ["delete", "run", "--yes"]]
)
def test_what_is_deleted_leaves_what_searches_keep_at_once(
    command: list[str], stored: Engine, triage: Triage, tmp_path: Path
) -> None:
    assert "zip broke" in triage("search", "zip").out
    assert [*(tmp_path / "home" / "search").rglob("words.db")]
    assert triage(*command).code == 0
    assert not [*(tmp_path / "home" / "search").iterdir()]
    assert "zip broke" not in triage("search", "zip").out


def test_a_day_that_is_none_is_said(sqlite_engine: Engine, triage: Triage) -> None:
    ended = triage("search", "zip", "--since", "yesterday")
    assert ended.code == 2 and "--since 'yesterday' is no day" in ended.err
