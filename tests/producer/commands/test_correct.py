"""`triage review` and `triage correct`: a file that a person fills in, and how it is read back."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from producer.commands import correct
from schema.database import reading
from schema.tables import CorrectionRow
from tests.support.console import Triage
from tests.support.reviewed import make_reviewed_run

SCORES = [-0.9, 0.8, 0.1, -0.7]


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[dict[str, str]], delimiter: str = ",") -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def labels(engine: Engine) -> list[tuple[int, str, str]]:
    columns = (CorrectionRow.document_id, CorrectionRow.label, CorrectionRow.said_by)
    with reading(engine) as connection:
        found = connection.execute(select(*columns).order_by(CorrectionRow.document_id, "id"))
        return [(document, label, by) for document, label, by in found]


def test_there_and_back(engine: Engine, triage: Triage, tmp_path: Path) -> None:
    make_reviewed_run(engine, SCORES)
    path = tmp_path / "review.csv"
    ended = triage("review", "--sample", "2", "--least-certain", "1", "--output", str(path))
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("run run: 2 documents drawn at random and 1 of the least certain; ")
    assert path.stat().st_mode & 0o777 == 0o600
    asked = ("review", "--sample", "2", "--least-certain", "1", "--output", str(tmp_path / "other"))
    facts = json.loads(triage(*asked, "--json").out)
    assert facts["said"].startswith("run run: 2 documents drawn at random")
    assert (facts["run"], facts["drawn_at_random"], facts["least_certain"]) == ("run", 2, 1)
    rows = read(path)
    assert [row["drawn"] for row in rows] == ["random", "random", "least certain"]
    assert all(row["text"] == f"Text {row['document']}." for row in rows)
    assert {row["model_label"] for row in rows} <= {"negative", "positive"}
    assert {(row["run"], row["analysis"], row["label"]) for row in rows} == {
        ("run", "sentiment", "")
    }
    rows[0]["label"], rows[1]["label"] = "Neutral ", "negative"
    # As a spreadsheet of many countries saves it.
    filled = write(tmp_path / "filled.csv", rows, delimiter=";")
    ended = triage("correct", filled, "--by", "ann")
    assert (ended.code, ended.err) == (0, "")
    said = "labels: 2 new, 0 changed, 0 as before; 1 rows without a label, 0 that cannot be used\n"
    assert ended.out == said
    again = triage("correct", filled, "--by", "ann").out
    assert again.startswith("labels: 0 new, 0 changed, 2 as before; ")
    first, second = sorted((int(row["document"]), row["label"].strip().lower()) for row in rows[:2])
    assert labels(engine) == [(*first, "ann"), (*second, "ann")]
    assert triage("correct", filled, "--by", "bob").out.startswith("labels: 2 new, ")


def test_bad_rows_are_named_and_the_others_stored(
    engine: Engine, triage: Triage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, documents = make_reviewed_run(engine, SCORES)
    monkeypatch.setattr(correct, "MOST_NAMED", 7)
    good = {"run": "run", "analysis": "sentiment", "drawn": "random", "label": "negative"}
    given = [
        {"document": f"{documents[0]}.0"},
        {"document": str(documents[1]), "label": "I hate it"},
        {"document": str(documents[1]), "run": "walk"},
        {"document": str(documents[1]), "analysis": "qa"},
        {"document": str(documents[1]), "drawn": "because"},
        {"document": "first"},
        {"document": str(documents[0]), "label": "positive"},
        {"document": "999"},
        {"document": "-3"},
        {"document": str(documents[2]), "label": ""},
    ]
    path = write(tmp_path / "filled.csv", [{"document": ""} | good | row for row in given])
    ended = triage("correct", path, "--by", "ann")
    assert ended.code == 3
    assert ended.err.splitlines() == [
        "row 3, column label: no result has this label; write one of negative, neutral, positive, "
        "or leave it empty",
        "row 4, column run: no run has this name; write it as `triage status` does",
        "row 5, column analysis: it gives documents no label; write one of sentiment, intent",
        "row 6, column drawn: it does not say how the document was drawn; write `random` or "
        "`least certain` as `triage review` did",
        "row 7, column document: it is no document's number; write it as `triage review` did",
        "row 8, column label: the document has another label in row 2; leave one of the two",
        "row 9, column document: no such document has a result of sentiment in this run; leave "
        "the row out if it was forgotten",
        "and 1 more rows",
    ]
    assert ended.out.endswith("; 1 rows without a label, 8 that cannot be used\n")
    assert labels(engine) == [(documents[0], "negative", "ann")]


def test_what_cannot_be_reviewed_or_read(
    sqlite_engine: Engine, triage: Triage, tmp_path: Path
) -> None:
    path = str(tmp_path / "review.csv")
    ended = triage("review", "--output", path)
    assert (ended.code, ended.err) == (
        2,
        "triage: no run has results of sentiment yet; begin with: triage ingest\n",
    )
    run, documents = make_reviewed_run(sqlite_engine, SCORES)
    ended = triage("review", "--output", path, "--analysis", "qa")
    assert (ended.code, ended.err) == (
        2,
        "triage: --analysis gives no labels; choose from sentiment, intent\n",
    )
    assert "no run is named 'walk'" in triage("review", "walk", "--output", path).err
    assert run and triage("review", "run", "--output", path).code == 0
    rows = [row | {"label": row["model_label"]} for row in read(Path(path))]
    assert len(rows) == len(documents)
    assert triage("correct", write(tmp_path / "filled.csv", rows)).code == 0
    ended = triage("review", "run", "--output", path)
    assert ended.code == 0
    assert "nothing is left to review of run run, sentiment" in ended.out
    assert triage("correct", path).out.startswith("labels: 0 new, 0 changed, 0 as before; 0 rows")
    other = write(tmp_path / "other.csv", [{"a": "1", "label": "x"}])
    ended = triage("correct", other)
    assert ended.code == 2
    assert "has no column run, analysis, document, drawn; fill in a file that" in ended.err
    assert triage("correct", str(tmp_path / "none.csv")).code == 2
    assert triage("correct", other, "--by", " ").err.startswith("triage: nobody knows who says so")
