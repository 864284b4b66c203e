"""`triage train` from labelled files to a folder that a catalog can name."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from sqlalchemy import Engine

from schema.corrections.store import Correction, store
from schema.corrections.subject import Subject
from schema.database import writing
from tests.support.reviewed import make_reviewed_run
from tests.support.teaching import build_base, labelled_rows, teach, write_rows
from workers.evaluate import command as evaluate
from workers.models.calibration import FILE
from workers.train import command

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_base(tmp_path_factory.mktemp("base"))


def test_classes_of_ones_own_are_learned_and_served(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data = write_rows(tmp_path / "a.csv", labelled_rows(600, ("later", "now")), ["body", "when"])
    columns = ["--text", "body", "--label", "when"]
    assert teach("urgency", data, base, Path("urgency"), *columns, "--json") == 0
    captured = capsys.readouterr()
    said = json.loads(captured.out)
    assert (said["learned_from"], said["validated_with"]) == (480, 120)
    assert {one["label"]: one["learned_from"] for one in said["labels"]} == {
        "later": 240,
        "now": 240,
    }
    accuracy = next(one for one in said["scores"] if one["name"] == "accuracy")
    assert accuracy["value"] > 0.95 and accuracy["low"] > 0.9
    # What is printed for a catalog serves the model, and says the same of it.
    assert tomllib.loads(said["catalog"]) == {"classify": {"urgency": {"model": "./urgency"}}}
    (tmp_path / "catalog.toml").write_text(said["catalog"], "utf-8")
    given = ["urgency", "--data", str(data), *columns, "--models", "catalog.toml", "--json"]
    assert evaluate.main([*given, "--device", "cpu"]) == 0
    assert json.loads(capsys.readouterr().out)["scores"][0]["value"] > 0.95
    files = {file.name for file in (tmp_path / "urgency").iterdir()}
    assert {"README.md", "config.json", "model.safetensors", "vocab.txt", FILE} <= files
    config = json.loads((tmp_path / "urgency/config.json").read_text("utf-8"))
    assert config["id2label"] == {"0": "later", "1": "now"}
    calibration = json.loads((tmp_path / "urgency" / FILE).read_text("utf-8"))
    assert calibration["urgency"]["temperature"] > 0
    assert not (tmp_path / "urgency.training").exists()
    # Neither the card nor what is said on the way quotes a text.
    card = (tmp_path / "urgency/README.md").read_text("utf-8")
    assert "| later | 240 | 60 |" in card and said["calibration"] in card
    assert "kettle" not in card + captured.err + captured.out
    # The same once more is there already; another training does not write over it.
    assert teach("urgency", data, base, Path("urgency"), *columns) == 0
    assert '[classify.urgency]\nmodel = "./urgency"' in capsys.readouterr().out
    assert teach("urgency", data, base, Path("urgency"), *columns, "--seed", "5") == 2
    assert "urgency is there already; name another folder" in capsys.readouterr().err


def test_what_people_corrected_goes_before_the_file(
    sqlite_engine: Engine, base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, documents = make_reviewed_run(sqlite_engine, [0.9, 0.8, -0.7, -0.6])
    labels = ("negative", "neutral", "positive", "positive")
    with writing(sqlite_engine) as connection:
        said = [
            Correction(one, label, "random" if number else "least_certain")
            for number, (one, label) in enumerate(zip(documents, labels, strict=True))
        ]
        store(connection, Subject(run, "sentiment"), said, "me")
    rows = [*labelled_rows(38), ["Text 1.", "5 stars"], ["Text 9.", "1 star"]]
    stars = {"positive": "5 stars", "negative": "2 stars"}
    rows = [[text, stars.get(label, label)] for text, label in rows]
    rows += [[f"fine {number}", f"{number} stars"] for number in (3, 4)]
    data = write_rows(tmp_path / "a.csv", rows, ["text", "label"])
    done = teach("sentiment", data, base, tmp_path / "out", "--corrections", "--epochs", "1")
    captured = capsys.readouterr()
    assert done == 0, captured.err
    assert "came again: 1, of them with another label: 1;" in captured.err
    config = json.loads((tmp_path / "out/config.json").read_text("utf-8"))
    assert list(config["id2label"].values()) == ["negative", "neutral", "positive"]
    card = (tmp_path / "out/README.md").read_text("utf-8")
    lines = [line.split(" | ") for line in card.splitlines()]
    counts = [line[1:] for line in lines if line[0] in ("| negative", "| neutral")]
    # 19 and Text 9 of the file; one that was corrected, and no longer has five stars.
    assert [int(one) + int(other.strip(" |")) for one, other in counts] == [21, 2]


def test_what_cannot_be_trained_is_said(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_rows(tmp_path / "a.csv", labelled_rows(40), ["text", "label"])
    output = tmp_path / "out"
    for analysis, more, says in [
        ("summary", (), "models for summary are not trained here"),
        ("My-Own", (), "is no analysis; for classes of your own give a name of small letters"),
        (
            "sentiment",
            ("--base", "pocket/translation"),
            "Transformers has no SequenceClassification of",
        ),
        ("sentiment", ("--base", str(tmp_path / "no")), "does not exist"),
        ("sentiment", ("--validation", "1.5"), "give a share between 0 and 1, or a file"),
        ("sentiment", ("--validation", str(tmp_path / "no.csv")), "cannot read"),
        ("tone", ("--labels", "positive,neutral"), "line 3, column 'label': the label is none of"),
    ]:
        assert teach(analysis, data, base, output, *more) == 2
        assert says in capsys.readouterr().err, analysis
    assert command.main(["sentiment", "--output", str(output)]) == 2
    assert "--data FILE, --corrections, or both" in capsys.readouterr().err
    assert not list(tmp_path.glob("out*"))
