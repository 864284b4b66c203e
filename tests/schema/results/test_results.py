"""Analyses are registered by the files of their results, and by nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

import schema.results
from schema.analyses import ANALYSES, BUILT_IN, WRITING_ANALYSES
from schema.database import reading
from schema.ledger.documents import read_documents
from schema.ledger.finish import finish
from schema.results import RESULT_TABLES
from schema.results.base import LabelTable
from schema.results.embedding import ClauseEmbedding
from schema.results.outcome import Outcome
from schema.status.stored_results import stored_results
from tests.support.ledger import make_run
from tests.support.working import claim_all

MODULE = """
from schema.results.base import ResultTable

class Smell(ResultTable):
    analysis = "smell"

class Mixin(ResultTable):
    pass
"""


def test_the_order_in_which_analyses_are_shown() -> None:
    assert ANALYSES[:3] == ("language", "sentiment", "entities")
    assert ANALYSES[3:6] == ("qa", "summary", "translation")
    assert ANALYSES[6:] == ("embedding", "intent", "reply")
    assert {"summary", "translation"} <= WRITING_ANALYSES
    labelled = [table.analysis for table in RESULT_TABLES if issubclass(table, LabelTable)]
    assert labelled[0] == "sentiment"


def test_a_sixth_is_a_file_and_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "aroma.py").write_text(MODULE, "utf-8")
    monkeypatch.setattr(schema.results, "__path__", [*schema.results.__path__, str(tmp_path)])
    monkeypatch.delitem(sys.modules, "schema.results.aroma", raising=False)
    found = sorted(schema.results._find_tables(), key=lambda table: (table.order, table.analysis))
    assert [table.analysis for table in found] == [*BUILT_IN, "smell", "classify"]


def test_a_vector_is_stored_in_half_precision_and_shown_as_numbers() -> None:
    found = ClauseEmbedding(3, 9, bytes.fromhex("003c 00b8 66 2e".replace(" ", "")))
    assert found.as_json() == {"start": 3, "end": 9, "vector": [1.0, -0.5, 0.1]}


def test_vectors_come_back_as_they_were_written(engine: Engine) -> None:
    run_id = make_run(engine, ["The zip broke."], ["embedding"])
    (claimed,) = claim_all(engine)
    (document,) = read_documents(engine, claimed)
    vector = bytes(range(256)) * 3
    outcome = Outcome(int(document.id), [ClauseEmbedding(0, 4, vector)], None)
    assert finish(engine, claimed, [outcome])
    with reading(engine) as connection:
        (stored,) = stored_results(connection, int(document.id), run_id)
    assert stored.results == [ClauseEmbedding(0, 4, vector)]
