"""A tiny run for real: every way of doing the work, and all that a run leaves behind."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from benchmarks.engine import run as bench
from benchmarks.engine.__main__ import main
from benchmarks.engine.reporting.row import Row
from benchmarks.engine.section import measure
from benchmarks.engine.variants.transformers_pipelines import BASELINE
from benchmarks.engine.workload import Work
from workers.models.precision import has_bf16

pytestmark = pytest.mark.long

#: Runs the benchmark with more options; returns the folder of what it wrote.
Run = Callable[..., Path]

TINY = ["--shapes", "tiny", "--threads", "1", "--documents", "8", "--rounds", "2"]


@pytest.fixture
def run(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    # What the benchmark sets for itself must not reach the tests that come after.
    monkeypatch.setenv("OMP_WAIT_POLICY", "PASSIVE")

    def call(*options: str) -> Path:
        assert main([*TINY, "--models", str(root), "--to", str(tmp_path), *options]) == 0
        return tmp_path

    return call


def test_table_json_and_picture(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    folder = run(
        "--only", "sentiment,entities", "--variants", "engine fp32,sorted,transformers one"
    )
    result = json.loads((folder / "results.json").read_text("utf-8"))
    rows = {(row["work"], row["variant"]): row for row in result["rows"]}
    assert len(rows) == 8
    for row in rows.values():
        assert row["agreement"] == pytest.approx(1.0)
        assert 0 < row["of_limit"] < 1
        assert row["ratio_low"] <= row["ratio"] <= row["ratio_high"]
        assert len(row["seconds"]) == 2
    assert rows["sentiment", BASELINE]["ratio"] == 1
    assert rows["sentiment", "transformers one"]["documents"] == 2
    bf16 = {"bf16"} if has_bf16(torch.device("cpu")) else set()
    assert set(result["limits"]) == {"fp32", "int8"} | bf16
    table = (folder / "table.md").read_text("utf-8")
    assert table in capsys.readouterr().out
    assert len(re.findall(r"^\| (?:engine|transformers)", table, re.MULTILINE)) == 8
    picture = ElementTree.parse(folder / "engine.svg").getroot()
    assert len(picture.findall(".//{*}rect")) == 8


def test_an_early_end_leaves_what_was_found(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def until_entities(work: Work, *others: Any) -> list[Row]:
        if work.name == "entities":
            raise KeyboardInterrupt
        return measure(work, *others)

    monkeypatch.setattr(bench, "measure", until_entities)
    with pytest.raises(KeyboardInterrupt):
        run("--only", "sentiment,entities", "--variants", "engine fp32")
    result = json.loads((tmp_path / "results.json").read_text("utf-8"))
    assert {row["work"] for row in result["rows"]} == {"sentiment"}
    assert result["limits"]["fp32"] > 0


def test_a_section_without_time_still_has_the_engine_and_its_baseline(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def hurried(*asked: Any) -> list[Row]:
        plan = replace(asked[-1], hurried=True, seconds=0, documents=0, rounds=0)
        return measure(*[*asked[:-1], plan])

    monkeypatch.setattr(bench, "measure", hurried)
    folder = run("--only", "translation", "--variants", "engine,one")
    said = capsys.readouterr().out
    assert "left out: transformers one: there is no time for it; --only translation" in said
    rows = json.loads((folder / "results.json").read_text("utf-8"))["rows"]
    assert [row["variant"] for row in rows] == [BASELINE, "engine fp32"]
    assert [(row["documents"], len(row["seconds"])) for row in rows] == [(4, 1), (4, 1)]


def test_generation_without_the_baseline_keeps_its_reference(run: Run, root: Path) -> None:
    options = ["--only", "translation", "--variants", "engine fp32", "--no-baseline"]
    folder = run(*options)
    (kept,) = root.glob("tiny/translation-*-beams-1/reference-8.json")
    made = kept.stat().st_mtime_ns
    run(*options)
    assert kept.stat().st_mtime_ns == made
    (row,) = json.loads((folder / "results.json").read_text("utf-8"))["rows"]
    assert (row["variant"], row["ratio"], row["agreement"]) == ("engine fp32", None, 1.0)
    assert row["tokens_per_second"] > row["documents_per_second"]


def test_what_is_not_installed_is_left_out_with_a_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # As new processes see it: there is no such module.
    sites = tmp_path / "sites"
    sites.mkdir()
    (sites / "sitecustomize.py").write_text("import sys\nsys.modules['onnxruntime'] = None\n")
    monkeypatch.setenv("PYTHONPATH", str(sites))
    folder = run("--only", "sentiment", "--variants", "onnx")
    said = capsys.readouterr().out
    assert (
        "left out: ONNX Runtime fp32: onnxruntime is not installed: pip install '.[bench]'" in said
    )
    (row,) = json.loads((folder / "results.json").read_text("utf-8"))["rows"]
    assert row["variant"] == BASELINE


def test_an_unknown_section_is_told(run: Run) -> None:
    with pytest.raises(SystemExit, match="no section 'sentimental'; there are sentiment, "):
        run("--only", "sentimental")


def test_the_system_keeps_up_and_runs_of_two_sizes_go_through(run: Run) -> None:
    folder = run("--only", "system,scaling", "--sizes", "20,40", "--documents", "70")
    result = json.loads((folder / "results.json").read_text("utf-8"))
    (whole,) = result["system"]
    assert whole["documents"] == 70
    assert len(whole["alone"]) == len(whole["system"]) == 2
    assert whole["ratio"] > 0
    assert [scale["documents"] for scale in result["scaling"]] == [20, 40]
    assert "| 40 |" in (folder / "table.md").read_text("utf-8")
