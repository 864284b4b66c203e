"""`triage models check`: fine, or what to do; and what it says of labels, precision and answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file, save_file

from tests.support.checkpoints import build_entities, build_sentiment, build_translation
from workers.inventory import command

pytestmark = pytest.mark.slow


def run(
    catalog: Path, capsys: pytest.CaptureFixture[str], *more: str
) -> tuple[int, dict[str, dict[str, Any]]]:
    """The exit code, and what was said of each model."""
    code = command.main([*more[:1], "--models", str(catalog), "--json", *more[1:]])
    return code, {one["name"]: one for one in json.loads(capsys.readouterr().out)}


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    build_sentiment(tmp_path / "feelings")
    build_entities(tmp_path / "names")
    build_translation(tmp_path / "german")
    path = tmp_path / "catalog.toml"
    path.write_text(
        '[sentiment]\nmodel = "./feelings"\nlanguages = ["en"]\noptions = { precision = "fp32" }\n'
        '[entities]\nmodel = "./names"\noptions = { precision = "int8" }\n'
        '[translation.en-de]\nmodel = "./german"\n',
        "utf-8",
    )
    return path


def test_models_that_answer_are_fine(catalog: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run(catalog, capsys, "check", "--device", "cpu")
    assert code == 0 and list(said) == ["language", "sentiment", "entities", "translation.en-de"]
    feelings, names = said["sentiment"], said["entities"]
    assert feelings["equal"] is None and feelings["precision"] == "fp32"
    assert feelings["revision"].startswith("sha256:")
    assert feelings["canary"]["answer"]["label"] in ("NEGATIVE", "POSITIVE")
    assert names["precision"] == "int8" and names["equal"]["compared"] == 60
    # Random weights decide by little, and all entities of a text have to be the same.
    assert 0 < names["equal"]["equal"] < 60
    assert [one["name"] for one in names["facts"]["labels"]] == ["PER", "ORG", "LOC", "MISC"]
    assert said["translation.en-de"]["facts"]["way"] == "decoding loop"
    assert command.main(["check", "sentiment", "--models", str(catalog), "--device", "cpu"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("fine   sentiment: ") and "NEGATIVE = negative" not in line
    assert "packed; fp32; reads en; NEGATIVE, POSITIVE; asked and answered:" in line


def test_what_keeps_a_model_from_answering_is_said(
    catalog: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "feelings" / "config.json"
    unclear = json.loads(config.read_text("utf-8")) | {"id2label": {"0": "LABEL_0", "1": "LABEL_1"}}
    config.write_text(json.dumps(unclear), "utf-8")
    weights = tmp_path / "names" / "model.safetensors"
    broken = load_file(weights)
    broken["classifier.weight"][0, 0] = float("nan")
    save_file(broken, weights, metadata={"format": "pt"})
    for name in ("source.spm", "target.spm", "vocab.json"):
        (tmp_path / "german" / name).unlink()
    code, said = run(catalog, capsys, "check", "--device", "cpu")
    assert code == 1
    assert [name for name, one in said.items() if one["fine"]] == ["language"]
    assert 'polarity = { LABEL_0 = "?"' in said["sentiment"]["said"]
    assert [one["means"] for one in said["sentiment"]["facts"]["labels"]] == ["?", "?"]
    assert "classifier.weight with values that are not a number" in said["entities"]["said"]
    assert "holds no tokenizer" in said["translation.en-de"]["said"]


def test_a_name_that_the_catalog_has_not_is_refused(
    catalog: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("intent", "nothing", "translation.en-xx", "translation.fr-de"):
        assert command.main(["list", name, "--models", str(catalog)]) == 2
        assert "triage models: catalog" in capsys.readouterr().err or name.endswith("xx")


def test_a_catalog_with_one_model_for_each_pair_is_asked_for_a_pair(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    catalog = tmp_path / "pairs.toml"
    catalog.write_text('[translation]\nmodel = "/models/opus-{src}-{tgt}"\n', "utf-8")
    code, said = run(catalog, capsys, "list")
    assert code == 0 and said["translation"]["here"] is None
    code, said = run(catalog, capsys, "pull", "translation.deu-eng")
    assert code == 1 and "/models/opus-de-en" in said["translation.de-en"]["said"]
    code, said = run(catalog, capsys, "check", "translation")
    assert code == 0 and "translation.en-de" in said["translation"]["said"]


def test_the_listing_says_all_on_short_lines(
    catalog: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "feelings" / "README.md").write_text("---\nlicense: cc-by-4.0\n---\n", "utf-8")
    assert command.main(["list", "sentiment", "--models", str(catalog)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"sentiment: {tmp_path / 'feelings'}"
    assert lines[1].startswith("    here, ")
    assert lines[2:] == [
        "    licence cc-by-4.0; languages: en",
        "    computed: packed; precision: fp32",
        "    labels: NEGATIVE, POSITIVE",
    ]
    assert command.main(["list", "--models", "hub"]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 100
