"""`triage calibrate` from labelled texts to a model that says what it is unsure of."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from schema.catalog import load_catalog
from schema.options import RunOptions
from tests.support.checkpoints import build_sentiment
from tests.support.feedback_texts import long_texts
from tests.support.parity import analyse
from workers.analyses import load_analysis
from workers.calibrate import command
from workers.calibrate.fit import fit
from workers.calibrate.keep import catalog_lines, is_local
from workers.errors import ModelError

pytestmark = pytest.mark.slow

TEXTS = [text for words in (5, 9, 14) for text in long_texts(words, 60, words)]


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    return build_sentiment(tmp_path / "feelings")


@pytest.fixture
def catalog(tmp_path: Path, checkpoint: Path) -> Path:
    path = tmp_path / "catalog.toml"
    path.write_text(f'[sentiment]\nmodel = "{checkpoint}"\n', "utf-8")
    return path


@pytest.fixture
def data(tmp_path: Path, catalog: Path) -> Path:
    """Texts whose labels are the model's own, but for every fifth of those that it is less sure of:
    they are neutral, which it cannot say.
    """
    results = analyse(load_analysis("sentiment", load_catalog(str(catalog)), "cpu"), TEXTS)
    labelled = [(one[0].label, one[0].score) for one in results]  # type: ignore[attr-defined]
    middle = sorted(score for _, score in labelled)[len(labelled) // 2]
    path = tmp_path / "labelled.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["body", "feeling"])
        for number, (text, (label, score)) in enumerate(zip(TEXTS, labelled, strict=True)):
            is_wrong = score < middle and number % 5 < 3
            rows.writerow([text, "neutral" if is_wrong else label.title()])
    return path


def run(data: Path, catalog: Path, *options: str) -> int:
    columns = ["--text", "body", "--label", "feeling", "--device", "cpu"]
    arguments = ["sentiment", "--data", str(data), "--models", str(catalog), *columns, *options]
    return command.main(arguments)


def test_what_is_found_is_kept_and_applied(
    data: Path, catalog: Path, checkpoint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(data, catalog, "--accuracy", "0.95", "--dry-run") == 0
    assert not (checkpoint / "calibration.json").exists()
    (checkpoint / "calibration.json").write_text('{"qa": {"threshold": 0.5}}', "utf-8")
    assert run(data, catalog, "--accuracy", "0.95") == 0
    said = capsys.readouterr().out
    assert "180 results of 180 texts" in said and "class that the model never gives" in said
    kept = json.loads((checkpoint / "calibration.json").read_text("utf-8"))
    assert kept["qa"] == {"threshold": 0.5}
    own = kept["sentiment"]
    assert own["temperature"] > 1 and own["threshold"] > 0.5
    assert own["measured"]["results"] == 180
    analysis = load_analysis("sentiment", load_catalog(str(catalog)), "cpu")
    options = analysis.provenance()[0].options
    assert {name: options[name] for name in ("temperature", "threshold")} == {
        name: own[name] for name in ("temperature", "threshold")
    }
    unsure = [result.unsure for (result,) in analyse(analysis, TEXTS)]  # type: ignore[attr-defined]
    assert 0 < sum(unsure) < len(unsure)
    # It is the uncalibrated model that is fitted, however often.
    assert run(data, catalog, "--accuracy", "0.95") == 0
    again = json.loads((checkpoint / "calibration.json").read_text("utf-8"))
    assert again == kept


def test_programs_get_one_object(
    data: Path, catalog: Path, checkpoint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(data, catalog, "--accuracy", "0.9", "--dry-run", "--json") == 0
    dry = json.loads(capsys.readouterr().out)
    assert (dry["analysis"], dry["written"], dry["catalog"]) == ("sentiment", None, None)
    assert run(data, catalog, "--accuracy", "0.9", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said == dry | {"written": str(checkpoint / "calibration.json")}
    kept = json.loads((checkpoint / "calibration.json").read_text("utf-8"))["sentiment"]
    assert {name: said[name] for name in kept} == kept
    shares = [one["stay"] for one in said["coverages"]]
    assert shares == sorted(shares, reverse=True) and said["unread"] == 0


def test_the_console_starts_it(data: Path, catalog: Path, checkpoint: Path) -> None:
    console = [sys.executable, "-m", "producer", "calibrate", "sentiment"]
    options = ["--data", str(data), "--models", str(catalog), "--text", "body"]
    done = subprocess.run(
        [*console, *options, "--label", "feeling", "--accuracy", "0.8"],
        capture_output=True,
        text=True,
        timeout=300,
        env=os.environ | {"TRIAGE_DEVICE": "cpu"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert f"written to {checkpoint / 'calibration.json'}" in done.stdout


def test_mistakes_are_told_without_a_text(
    data: Path, catalog: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(data, catalog, "--label", "body") == 2
    said = capsys.readouterr().err
    assert "line 2: the label names none of negative, neutral, positive" in said
    assert TEXTS[0] not in said
    assert run(tmp_path / "no.csv", catalog) == 2
    assert "cannot read" in capsys.readouterr().err
    checkpoint = build_sentiment(tmp_path / "number", labels=1)
    catalog.write_text(f'[sentiment]\nmodel = "{checkpoint}"\nscale = [1, 5]\n', "utf-8")
    assert run(data, catalog) == 2
    assert "nothing to calibrate" in capsys.readouterr().err
    assert command.main(["summary", "--data", str(data), "--models", "pocket"]) == 2
    assert "summary writes texts" in capsys.readouterr().err
    catalog.write_text(
        '[topics]\nlabels = { zip = "a zip broke", late = "it came late" }\n', "utf-8"
    )
    assert command.main(["topics", "--data", str(data), "--models", str(catalog)]) == 2
    assert "topics sorts into labels of your own" in capsys.readouterr().err


def test_a_model_of_the_hub_gets_lines_for_the_catalog(catalog: Path, checkpoint: Path) -> None:
    entry = load_catalog(str(catalog)).entry("sentiment")
    hub = entry.model_copy(update={"model": "acme/feelings"})
    assert is_local(entry, checkpoint)
    assert not is_local(hub, checkpoint)
    from tests.workers.calibrate.test_fit import halves, sample

    found = fit(sample(2.0, 400), halves(400), 0.7)
    lines = tomllib.loads(catalog_lines("sentiment", hub, found))
    assert lines["sentiment"]["model"] == "acme/feelings"
    assert lines["sentiment"]["calibration"] == {
        "temperature": found.temperature,
        "threshold": found.threshold,
    }


def test_entities_and_answers_have_thresholds(
    tiny_checkpoints: dict[str, Path], tmp_path: Path
) -> None:
    """What the model itself finds is marked where it is surer than the middle of all."""
    for analysis in ("entities", "qa"):
        checkpoint = tmp_path / analysis
        shutil.copytree(tiny_checkpoints[analysis], checkpoint)
        catalog = tmp_path / f"{analysis}.toml"
        catalog.write_text(f'[{analysis}]\nmodel = "{checkpoint}"\n', "utf-8")
        loaded = load_analysis(analysis, load_catalog(str(catalog)), "cpu")
        found: list[list[Any]] = [list(one) for one in analyse(loaded, TEXTS)]
        middle = median(result.score for one in found for result in one)
        data = tmp_path / f"{analysis}.jsonl"
        with data.open("w", encoding="utf-8") as file:
            for text, results in zip(TEXTS, found, strict=True):
                sure = [one.as_json() for one in results if one.score >= middle]
                row = {"text": text, "entities": sure, "question": RunOptions().questions[0]}
                file.write(json.dumps(row | {"answer": [one.get("answer") for one in sure]}) + "\n")
        options = ["--models", str(catalog), "--device", "cpu", "--accuracy", "0.99"]
        assert command.main([analysis, "--data", str(data), *options]) == 0
        own = json.loads((checkpoint / "calibration.json").read_text("utf-8"))[analysis]
        assert own["temperature"] == 1
        assert own["threshold"] == pytest.approx(middle, abs=0.05)
        analysed = analyse(load_analysis(analysis, load_catalog(str(catalog)), "cpu"), TEXTS)
        after: list[Any] = [result for one in analysed for result in one]
        unsure = [result.unsure for result in after]
        assert unsure == [one.score < own["threshold"] for per in found for one in per]
        assert 0.3 < sum(unsure) / len(unsure) < 0.7
        if analysis == "qa":
            said = {result.answer for result in after if result.unsure}
            assert said == {""}
            assert all(r.answer for r in after if not r.unsure)


def test_a_temperature_is_not_for_spans(tiny_checkpoints: dict[str, Path], tmp_path: Path) -> None:
    catalog = tmp_path / "catalog.toml"
    model = f'[qa]\nmodel = "{tiny_checkpoints["qa"]}"\n'
    catalog.write_text(f"{model}calibration.temperature = 2\n", "utf-8")
    with pytest.raises(ModelError, match="a threshold alone; leave it out"):
        load_analysis("qa", load_catalog(str(catalog)), "cpu")
