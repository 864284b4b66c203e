"""`triage report`: table, CSV and JSON, and what is said when something is wrong."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from producer.commands.report import TABLE_LIMIT
from schema.database import writing
from schema.reports import reports
from tests.support.console import Triage
from tests.support.feedback import add_document, add_result, add_run, add_to_run

#: A customer's text that tries to be a formula, markup, and a command to the terminal.
EVIL = '=HYPERLINK("http://x")\n[bold]hi[/bold] \x1b[31mred\x1b]0;title\x07'


def seed(engine: Engine) -> None:
    """Run `first` with three documents, and run `second` with one of them."""
    with writing(engine) as connection:
        first, second = (add_run(connection, name) for name in ("first", "second"))
        kettle = {"product": "-5", "language": "en"}
        documents = [
            add_document(connection, 1, EVIL, "2026-10-05T10:00:00Z", **kettle),
            add_document(
                connection, 2, "Größe passt 👩‍🔬", "2026-10-06T10:00:00Z", product="@home"
            ),
            add_document(connection, 3, "so so " * 100, product="Mug"),
        ]
        add_to_run(connection, first, documents)
        add_to_run(connection, second, documents[:1])
        for place, (label, score) in enumerate((("NEGATIVE", 0.75), ("POSITIVE", 0.5))):
            document = documents[place]
            row = {"label": label, "polarity": label.lower(), "score": score}
            add_result(connection, "sentiment", first, document, **row)
        row = {"label": "NEGATIVE", "polarity": "negative", "score": 0.625}
        add_result(connection, "sentiment", first, documents[2], **row)
        row = {"label": "POSITIVE", "polarity": "positive", "score": 1.0}
        add_result(connection, "sentiment", second, documents[0], **row)


def test_list(triage: Triage) -> None:
    listed = triage("report")
    assert listed.code == 0
    for report in reports():
        assert f" {report.name} " in listed.out
    as_json = json.loads(triage("report", "--format", "json").out)
    assert as_json == [{"report": one.name, "shows": one.description} for one in reports()]


def test_the_formats_say_the_same(engine: Engine, triage: Triage) -> None:
    seed(engine)
    expected: list[dict[str, Any]] = [
        {"day": "2026-10-05", "documents": 1, "positive": 1, "neutral": 0, "negative": 0},
        {"day": "2026-10-06", "documents": 1, "positive": 1, "neutral": 0, "negative": 0},
        {"day": None, "documents": 1, "positive": 0, "neutral": 0, "negative": 1},
    ]
    for row, share in zip(expected, (0.0, 0.0, 100.0), strict=True):
        row |= {"unsure": 0, "no_polarity": 0, "classified_negative_percent": share}
        # Wilson's interval of 0 and of 1 in 1.
        row |= {
            "negative_low": 20.7 if share else 0.0,
            "negative_high": 100.0 if share else 79.3,
        }
    asked = ("report", "sentiment-by-day")
    assert json.loads(triage(*asked, "--format", "json").out) == expected
    table = list(csv.DictReader(io.StringIO(triage(*asked, "--format", "csv").out)))
    texts = [{name: "" if v is None else str(v) for name, v in row.items()} for row in expected]
    assert table == texts
    shown = triage(*asked)
    assert shown.code == 0
    for row in texts:
        line = next(line for line in shown.out.splitlines() if (row["day"] or " – ") in line)
        *counts, with_ends = line.split("│")[2:-1]
        assert counts == [f"{row[name]:>{len(name) + 1}} " for name in [*row][1:-3]]
        ends = f"({float(row['negative_low']):.0f} to {float(row['negative_high']):.0f})"
        assert with_ends.strip() == f"{float(row['classified_negative_percent']):g} {ends}"
    first = json.loads(triage(*asked, "--run", "first", "--format", "json").out)
    assert [row["negative"] for row in first] == [1, 0, 1]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_texts_of_customers_do_no_harm(engine: Engine, triage: Triage) -> None:
    seed(engine)
    asked = ("report", "least-certain", "--run", "first")
    as_json = json.loads(triage(*asked, "--format", "json").out)
    assert [row["text"] for row in as_json] == ["Größe passt 👩‍🔬", "so so " * 100, EVIL]
    assert as_json[2]["time"] == "2026-10-05T10:00:00+00:00"
    table = list(csv.DictReader(io.StringIO(triage(*asked, "--format", "csv").out, newline="")))
    written_out = EVIL.replace("\x1b", r"\x1b").replace("\x07", r"\x07")
    assert table[2]["text"] == "'" + written_out
    assert [row["product"] for row in table] == ["'@home", "Mug", "-5"]
    shown = triage(*asked).out
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "[bold]hi[/bold]" in shown
    assert "👩‍🔬" in shown
    assert "…" in shown


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_limit(engine: Engine, triage: Triage) -> None:
    seed(engine)
    asked = ("report", "least-certain", "--run", "first")
    assert len(json.loads(triage(*asked, "--format", "json", "--limit", "2").out)) == 2
    shown = triage(*asked, "--limit", "1")
    assert ("Größe" in shown.out, "so so" in shown.out, shown.err) == (True, False, "")
    with writing(engine) as connection:
        run = add_run(connection, "many")
        documents = [add_document(connection, 10 + n, f"<{n}>") for n in range(TABLE_LIMIT + 1)]
        add_to_run(connection, run, documents)
        for document in documents:
            add_result(connection, "sentiment", run, document, label="NEGATIVE", score=0.75)
    many = ("report", "least-certain", "--run", "many")
    shown = triage(*many)
    assert f"<{TABLE_LIMIT - 1}>" in shown.out
    assert f"<{TABLE_LIMIT}>" not in shown.out
    assert shown.err == f"only the first {TABLE_LIMIT} rows; all with --limit 0\n"
    shown = triage(*many, "--limit", "0")
    assert (f"<{TABLE_LIMIT}>" in shown.out, shown.err) == (True, "")
    assert len(json.loads(triage(*many, "--format", "json").out)) == TABLE_LIMIT + 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_options_choose_documents(engine: Engine, triage: Triage) -> None:
    seed(engine)
    asked = ("report", "sentiment-by-product", "--format", "json", "--run", "first")

    def products(*options: str) -> list[str]:
        return [row["product"] for row in json.loads(triage(*asked, *options).out)]

    assert products("--since", "2026-10-06", "--until", "2026-10-06") == ["@home"]
    assert products("--where", "product=Mug") == ["Mug"]
    assert products("--sort", "negative_low", "--limit", "2") == ["-5", "Mug"]
    by_day = json.loads(triage(*asked, "--by", "day").out)
    assert [(row["day"], row["product"]) for row in by_day if row["day"]] == [
        ("2026-10-05", "-5"),
        ("2026-10-06", "@home"),
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_reports_of_ones_own(
    engine: Engine, triage: Triage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed(engine)
    folder = tmp_path / "reports"
    folder.mkdir()
    monkeypatch.setenv("TRIAGE_REPORTS", str(folder))
    (folder / "mugs.sql").write_text(
        "-- Documents on mugs\n-- share: mug_percent = mugs / documents\n"
        "SELECT COUNT(*) AS documents, COUNT(*) FILTER (WHERE product = 'Mug') AS mugs,\n"
        "  100.0 * COUNT(*) FILTER (WHERE product = 'Mug') / COUNT(*) AS mug_percent\n"
        "FROM v_documents;\n",
        "utf-8",
    )
    assert " Documents on mugs " in triage("report").out
    shown = json.loads(triage("report", "mugs", "--where", "product=Mug", "--format", "json").out)
    assert shown == [
        {"documents": 1, "mugs": 1, "mug_percent": 100.0, "mug_low": 20.7, "mug_high": 100.0}
    ]
    (folder / "both.sql").write_text(
        "-- Two rows\n-- share: a_percent = a / b\n"
        "SELECT product, 50.0 AS a_percent, 1 AS a, 2 AS b FROM v_documents",
        "utf-8",
    )
    ended = triage("report", "both", "--since", "2026-10-06", "--against", "previous")
    assert (ended.code, ended.err) == (0, "")
    ended = triage("report", "both", "--since", "2026-10-08", "--against", "previous")
    assert "both does not say what tells its rows apart" in ended.err
    for share, words in (("a / c", "has no column 'c'"), ("b / a", "has a share of 2 in 1")):
        sql = f"-- Odd\n-- share: d = {share}\nSELECT 1 AS a, 2 AS b, 3 AS d"
        (folder / "odd.sql").write_text(sql, "utf-8")
        ended = triage("report", "odd")
        assert (ended.code, words in ended.err) == (2, True)
    (folder / "answers.sql").write_text("-- Mine\nSELECT 1 AS a", "utf-8")
    ended = triage("report", "mugs")
    assert (ended.code, "answers.sql has the name of one" in ended.err) == (2, True)
    (folder / "answers.sql").write_text("SELECT 1 AS a", "utf-8")
    assert "answers.sql: the first line must be a comment" in triage("report").err
    monkeypatch.setenv("TRIAGE_REPORTS", str(folder / "none"))
    assert "TRIAGE_REPORTS: cannot read the reports in" in triage("report").err


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_output(engine: Engine, triage: Triage, tmp_path: Path) -> None:
    seed(engine)
    asked = ("report", "sentiment-by-product", "--output")
    file = tmp_path / "by product.csv"
    file.write_text("old", "utf-8")
    ended = triage(*asked, str(file))
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert file.read_bytes() == (
        b"product,documents,positive,neutral,negative,unsure,no_polarity,classified_negative_percent,"
        b"negative_low,negative_high\r\n"
        b"Mug,1,0,0,1,0,0,100.0,20.7,100.0\r\n-5,1,1,0,0,0,0,0.0,0.0,79.3\r\n"
        b"'@home,1,1,0,0,0,0,0.0,0.0,79.3\r\n"
    )
    triage(*asked, str(tmp_path / "a.json"))
    assert json.loads((tmp_path / "a.json").read_text("utf-8"))[0]["product"] == "Mug"
    triage(*asked, str(tmp_path / "a.txt"))
    assert "│ Mug" in (tmp_path / "a.txt").read_text("utf-8")
    ended = triage(*asked, str(tmp_path / "missing" / "a.csv"))
    assert (ended.code, ended.out) == (2, "")
    assert "cannot write" in ended.err and "No such file" in ended.err
    assert {one.name for one in tmp_path.iterdir()} >= {"by product.csv", "a.json", "a.txt"}
    assert not [one for one in tmp_path.iterdir() if one.name.startswith(".")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_wrong_is_said_in_a_sentence(engine: Engine, triage: Triage) -> None:
    assert triage("report", "answers").out.strip() == "no rows"
    assert triage("report", "answers", "--format", "json").out == "[]\n"
    seed(engine)
    for arguments, words in (
        (["answer"], "did you mean 'answers'? there are answers, asks, corrected-shares"),
        (["answers", "--run", "fist"], "did you mean 'first'? there are second, first"),
        (["--run", "first"], "options need the name of a report"),
        (["--since", "2026-10-01"], "options need the name of a report"),
        (["sentiment", "--against", "now"], "--against must be previous"),
        (["sentiment", "--where", "product"], "--where must be KEY=VALUE"),
        (["sentiment", "--where", "colour=red"], "no document has the key 'colour'"),
        (["sentiment", "--where", "rating=good"], "rating is a number"),
        (["answers", "--format", "xml"], "xml"),
        (["answers", "--limit", "-1"], "--limit"),
    ):
        ended = triage("report", *arguments)
        assert (ended.code, ended.out) == (2, ""), arguments
        assert words in ended.err
        assert "Traceback" not in ended.err


def test_a_database_without_tables(triage: Triage) -> None:
    ended = triage("report", "answers")
    assert ended.code == 2
    assert "run: triage init" in ended.err
