"""`triage analyze`: files and texts in, each with its results out, for people and for programs."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.support.analyzing import share_process
from tests.support.console import Ended, Triage

pytestmark = pytest.mark.slow

LAMP = "The lamp from Ikea is broken. I want a refund."
FINE = "Great service, thank you!"


@pytest.fixture(autouse=True)
def process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    share_process(monkeypatch)
    monkeypatch.chdir(tmp_path)


def answers(ended: Ended) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ended.out.splitlines()]


def analyze(triage: Triage, *arguments: str) -> list[dict[str, Any]]:
    ended = triage("analyze", *arguments, "--analyses", "sentiment")
    assert (ended.code, ended.err) == (0, "")
    return answers(ended)


def polarities(found: list[dict[str, Any]]) -> list[str]:
    return [one["sentiment"]["polarity"] for one in found]


def as_csv(path: Path) -> None:
    path.write_text(f'id,stars,review\nA-1,1,{LAMP}\nA-2,5,"{FINE}"\n', "utf-8")


def as_jsonl(path: Path) -> None:
    rows = [{"id": "A-1", "body": LAMP}, {"id": "A-2", "body": FINE}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def as_parquet(path: Path) -> None:
    pq.write_table(pa.table({"id": ["A-1", "A-2"], "comment": [LAMP, FINE]}), path)


@pytest.mark.parametrize(
    ("name", "write"),
    [("in.csv", as_csv), ("in.jsonl", as_jsonl), ("in.parquet", as_parquet)],
)
def test_files_are_read_as_an_ingest_reads_them(
    triage: Triage, tmp_path: Path, name: str, write: Any
) -> None:
    write(tmp_path / name)
    found = analyze(triage, name)
    assert [(one["id"], one["text"]) for one in found] == [("A-1", LAMP), ("A-2", FINE)]
    assert polarities(found) == ["negative", "positive"]


def test_a_txt_has_a_text_a_line_whatever_is_in_it(triage: Triage, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text(f"{LAMP}\n\n{FINE}; {FINE}, {FINE}\r\n", "utf-8")
    found = analyze(triage, "in.txt")
    assert [(one["id"], one["text"]) for one in found] == [
        (1, LAMP),
        (3, f"{FINE}; {FINE}, {FINE}"),
    ]


def test_texts_may_be_given_themselves(triage: Triage) -> None:
    found = analyze(triage, "--text", LAMP, "--text", FINE)
    assert [(one["id"], one["text"]) for one in found] == [(1, LAMP), (2, FINE)]
    assert polarities(found) == ["negative", "positive"]


def test_lines_of_standard_input_keep_the_type_of_their_ids(
    triage: Triage, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = b'{"id": 7, "text": "ok"}\n{"text": "fine"}\n'
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines)))
    assert [one["id"] for one in analyze(triage, "-")] == [7, 2]


def test_of_several_files_each_row_says_its_own(triage: Triage, tmp_path: Path) -> None:
    as_csv(tmp_path / "a.csv")
    as_jsonl(tmp_path / "b.jsonl")
    found = analyze(triage, "a.csv", "b.jsonl")
    assert [Path(one["file"]).name for one in found] == ["a.csv"] * 2 + ["b.jsonl"] * 2


def test_a_bad_row_is_named_with_its_fix_and_the_others_are_analysed(
    triage: Triage, tmp_path: Path
) -> None:
    lines = ["id,review", f"1,{LAMP}", "2,", "3,a,b,c", f'4,"{FINE}"']
    (tmp_path / "in.csv").write_text("\n".join(lines), "utf-8")
    ended = triage("analyze", "in.csv", "--analyses", "sentiment")
    found = answers(ended)
    assert ended.code == 1
    assert [one["id"] for one in found if "error" not in one] == ["1", "4"]
    errors = [one["error"] for one in found if "error" in one]
    assert errors == ended.err.splitlines()
    assert errors[0] == (
        "in.csv, line 3: empty: no text in column 'review'; fill the text in, or leave the row out"
    )
    assert errors[1].startswith("in.csv, line 4: ") and "4 fields" in errors[1]


def test_what_one_analysis_fails_at_leaves_the_others_their_results(triage: Triage) -> None:
    ended = triage(
        *("analyze", "--text", "geheim", "--analyses", "sentiment,qa"),
        *("--question", "why " * 600),
    )
    (found,) = answers(ended)
    assert ended.code == 1
    assert found["sentiment"]["polarity"] and "qa" not in found
    assert found["error"].startswith("the texts, id 1: qa: DocumentError: question 1")
    assert ended.err == found["error"] + "\n"


def test_a_terminal_gets_a_table_and_a_file_what_its_name_says(
    triage: Triage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_csv(tmp_path / "in.csv")
    monkeypatch.setenv("COLUMNS", "80")
    asked = ("analyze", "in.csv", "--analyses", "sentiment,entities")
    table = triage(*asked, "--format", "table")
    assert table.code == 0 and max(map(len, table.out.splitlines())) <= 80
    for shown in ("A-1", "negative 0.", "Ikea (ORG)", "A-2", "positive 0."):
        assert shown in table.out
    with monkeypatch.context() as terminal:
        terminal.setattr("sys.stdout.isatty", lambda: True, raising=False)
        assert "negative 0." in triage(*asked).out
    written = triage(*asked, "--output", "out.csv")
    assert (written.code, written.out) == (0, "")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["sentiment_polarity"] for row in rows] == ["negative", "positive"]
    assert json.loads(rows[0]["entities"])[0]["text"] == "Ikea"
    assert rows[0]["text"] == LAMP and rows[0]["error"] == ""
    triage(*asked, "--output", "out.jsonl")
    lines = (tmp_path / "out.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["A-1", "A-2"]


def test_a_table_stops_where_nobody_reads_on_and_says_so(triage: Triage) -> None:
    texts = [part for number in range(42) for part in ("--text", f"It is good {number}.")]
    ended = triage("analyze", *texts, "--analyses", "language", "--format", "table")
    assert ended.err == "only the first 40 rows; all with --limit 0\n"
    assert "good 39." in ended.out and "good 40." not in ended.out
    ended = triage("analyze", *texts, "--analyses", "language", "--limit", "2")
    assert len(answers(ended)) == 2 and ended.err == ""


def test_what_a_model_does_not_read_is_left_alone(triage: Triage) -> None:
    russian = (
        "Лампа сломалась на второй день, и мне никто не отвечает. Верните, пожалуйста, деньги!"
    )
    ended = triage(
        *("analyze", "--text", russian, "--analyses", "sentiment", "--format", "table"),
    )
    assert ended.code == 0
    assert "not analysed: language" in " ".join(ended.out.replace("│", " ").split())


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["nonesuch.csv"], "nonesuch.csv"),
        ([], "name files, or give texts with --text"),
        (["in.csv", "--text", "a"], "the text column of a file is named with --column"),
        (["in.csv", "--column", "smell"], "smell"),
        (["numbers.csv"], "name it with --column, one of: a, b"),
        (["in.csv", "--analyses", "smell"], "'smell'"),
        (["in.csv", "--models", "nonesuch.toml"], "nonesuch.toml"),
        (["in.csv", "--translate-to", "gibberish"], "--translate-to"),
        (["in.csv", "--output", "none/out.csv"], "none/out.csv"),
    ],
)
def test_what_cannot_begin_is_one_sentence(
    triage: Triage, tmp_path: Path, arguments: list[str], reason: str
) -> None:
    as_csv(tmp_path / "in.csv")
    (tmp_path / "numbers.csv").write_text("a,b\n1,2\n3,4\n", "utf-8")
    ended = triage("analyze", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert reason in ended.err and ended.err.count("\n") == 1
    assert ended.err.startswith("triage analyze: ")


def test_an_empty_file_gives_nothing_and_is_no_fault(triage: Triage, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("id,text\n", "utf-8")
    ended = triage("analyze", "in.csv")
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == "passed over: in.csv has no rows\n"
