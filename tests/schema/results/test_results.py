"""Analyses are registered by the files of their results, and by nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import schema.results
from schema.analyses import ANALYSES, WRITING_ANALYSES
from schema.results import RESULT_TABLES
from schema.results.base import LabelTable

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
    assert {"summary", "translation"} <= WRITING_ANALYSES
    labelled = [table.analysis for table in RESULT_TABLES if issubclass(table, LabelTable)]
    assert labelled[0] == "sentiment"


def test_a_sixth_is_a_file_and_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "aroma.py").write_text(MODULE, "utf-8")
    monkeypatch.setattr(schema.results, "__path__", [*schema.results.__path__, str(tmp_path)])
    monkeypatch.delitem(sys.modules, "schema.results.aroma", raising=False)
    found = sorted(schema.results._find_tables(), key=lambda table: (table.order, table.analysis))
    assert [table.analysis for table in found] == [*ANALYSES, "smell"]
