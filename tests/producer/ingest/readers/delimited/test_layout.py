"""What a CSV is cut by, and where its header is: found in the first rows, never asked of a user."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from producer.ingest.errors import IngestError
from tests.support.reading import open_path, read_bytes

#: Content, its columns, and the values of its rows.
FOUND: dict[str, tuple[str, list[str], list[list[str]]]] = {
    "semicolons, with commas in the names": (
        "Name, Vorname;Feedback, frei;Datum\nAdler, Ute;Der Lift steht;2026-03-14\n"
        "Berg, Max;Sauber, gern wieder;2026-03-15\n",
        ["Name, Vorname", "Feedback, frei", "Datum"],
        [
            ["Adler, Ute", "Der Lift steht", "2026-03-14"],
            ["Berg, Max", "Sauber, gern wieder", "2026-03-15"],
        ],
    ),
    "one column with commas": (
        "review\nGreat bag, strong zip, fair price\nToo small\nMonday, not Friday\n",
        ["review"],
        [["Great bag, strong zip, fair price"], ["Too small"], ["Monday, not Friday"]],
    ),
    "one column with commas, in its name too": (
        "Comments, if any\nGreat bag, strong zip, fair price\nToo small\n",
        ["Comments, if any"],
        [["Great bag, strong zip, fair price"], ["Too small"]],
    ),
    "one column, always one comma": (
        "review\nGood, cheap\nBad, late\n",
        ["review"],
        [["Good, cheap"], ["Bad, late"]],
    ),
    "bars": ("id|text\n1|a, b; c\n2|d\n", ["id", "text"], [["1", "a, b; c"], ["2", "d"]]),
    "carets": ("id^text\n1^a, b\n2^c\n", ["id", "text"], [["1", "a, b"], ["2", "c"]]),
    "two colons": ("id::text\n1::a: b\n2::c\n", ["id", "text"], [["1", "a: b"], ["2", "c"]]),
    "one column with a tilde": ("text\na ~ b\nc\n", ["text"], [["a ~ b"], ["c"]]),
    "Excel's own line": (
        "sep=;\nid;text\n1;too short, sadly\n",
        ["id", "text"],
        [["1", "too short, sadly"]],
    ),
    "Excel's own line, quoted": (
        '"sep=\t"\nid\ttext\n1\ta\n',
        ["id", "text"],
        [["1", "a"]],
    ),
    "comments": (
        "# source: helpdesk\n# rows: 2, or so\nid,text\n1,a\n2,b\n",
        ["id", "text"],
        [["1", "a"], ["2", "b"]],
    ),
    "a header that is no comment": ("#id,text\n1,a\n", ["#id", "text"], [["1", "a"]]),
    "a title above": (
        "Customer feedback report\nExported on 2026-03-14 10:00\n\nid,text,stars\n1,a,2\n2,b,5\n",
        ["id", "text", "stars"],
        [["1", "a", "2"], ["2", "b", "5"]],
    ),
    "a title with a comma, and a blank line": (
        "Feedback, all shops\n\nid,text,stars\n1,a,2\n2,b,5\n",
        ["id", "text", "stars"],
        [["1", "a", "2"], ["2", "b", "5"]],
    ),
    "a title of a spreadsheet": (
        "Report,,\n,,\nid,text,stars\n1,a,2\n2,b,5\n",
        ["id", "text", "stars"],
        [["1", "a", "2"], ["2", "b", "5"]],
    ),
    "backslashes": (
        'id,text\n1,"said \\"never\\" and left"\n2,"plain"\n',
        ["id", "text"],
        [["1", 'said "never" and left'], ["2", "plain"]],
    ),
    "spaces before quotation marks": (
        'id, text\n1, "Slow, rude"\n2, "Quick, kind"\n',
        ["id", "text"],
        [["1", "Slow, rude"], ["2", "Quick, kind"]],
    ),
    "a delimiter too many in the header": (
        "id,text,\n1,a\n2,b\n",
        ["id", "text"],
        [["1", "a"], ["2", "b"]],
    ),
    "a delimiter too many in the rows": (
        "id,text\n1,a,\n2,b,,\n",
        ["id", "text"],
        [["1", "a"], ["2", "b"]],
    ),
    "blank fields left out at the end": (
        "id,text,reply,date\n1,a\n2,b,c,2026-03-14\n3,d,\n4,e\n",
        ["id", "text", "reply", "date"],
        [
            ["1", "a", "", ""],
            ["2", "b", "c", "2026-03-14"],
            ["3", "d", "", ""],
            ["4", "e", "", ""],
        ],
    ),
    "formulas that keep zeros": (
        'id,text\n"=""00123""",a\n="00124",b\n',
        ["id", "text"],
        [["00123", "a"], ["00124", "b"]],
    ),
    "Qualtrics": (
        'Id,Q1\n"Response ID","Why?"\n"{""ImportId"":""_recordId""}","{""ImportId"":""Q1_TEXT""}"\n'
        "R_1,late\n",
        ["Id", "Q1"],
        [["R_1", "late"]],
    ),
    "SurveyMonkey": (
        "Respondent ID,Start Date,How was it?,What could be better?,,\n"
        ",,Response,Opening hours,Staff,Other (please specify)\n"
        "11801,03/14/2026,fine,,x,more light\n",
        [
            *("Respondent ID", "Start Date", "How was it?", "What could be better?"),
            *("What could be better?: Staff", "What could be better?: Other (please specify)"),
        ],
        [["11801", "03/14/2026", "fine", "", "x", "more light"]],
    ),
    "no header": (
        '"2","Best headphones","Clear bass and a battery that lasts for days"\n'
        '"1","Returned","Left side died in a week, and nobody answers my mails"\n',
        ["1", "2", "3"],
        [
            ["2", "Best headphones", "Clear bass and a battery that lasts for days"],
            ["1", "Returned", "Left side died in a week, and nobody answers my mails"],
        ],
    ),
    "no header, and short words": ("1,ok\n2,bad\n", ["1", "2"], [["1", "ok"], ["2", "bad"]]),
    "no header, times and addresses": (
        "2026-03-14,ann@example.org,ok\n2026-03-15,max@example.org,late\n",
        ["1", "2", "3"],
        [["2026-03-14", "ann@example.org", "ok"], ["2026-03-15", "max@example.org", "late"]],
    ),
    "names that are numbers": ("0,text\n1,a\n2,b\n", ["0", "text"], [["1", "a"], ["2", "b"]]),
    "questions as names": (
        "Timestamp,How likely are you to recommend us to a friend or colleague?\n"
        "2026/03/14 9:58:00 AM GMT,9\n",
        ["Timestamp", "How likely are you to recommend us to a friend or colleague?"],
        [["2026/03/14 9:58:00 AM GMT", "9"]],
    ),
}


@pytest.mark.parametrize("kind", FOUND)
def test_layouts_are_found(tmp_path: Path, kind: str) -> None:
    content, columns, rows = FOUND[kind]
    names, good, bad = read_bytes(tmp_path, "a.csv", content.encode())
    assert names == columns
    assert [list(row.fields.values()) for row in good] == rows
    assert bad == []


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.txt", "a"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_name_decides_nothing(tmp_path: Path, name: str, delimiter: str) -> None:
    content = f"id{delimiter}text\n1{delimiter}a b\n2{delimiter}c d\n".encode()
    columns, good, _ = read_bytes(tmp_path, name, content)
    assert columns == ["id", "text"]
    assert [row.fields["text"] for row in good] == ["a b", "c d"]


@pytest.mark.parametrize(
    ("content", "options", "columns", "rows"),
    [
        ("id^text\n1^a, b\n", {"delimiter": "^"}, ["id", "text"], [["1", "a, b"]]),
        (
            '1::The plot\n2::"a::b"\n',
            {"delimiter": "::", "header_row": 0},
            ["1", "2"],
            [["1", "The plot"], ["2", "a::b"]],
        ),
        ("id\ttext\n1\ta\n", {"delimiter": "tab"}, ["id", "text"], [["1", "a"]]),
        (
            "Region,North,,\n\nid,text,stars,shop\n1,a,2,S1\n",
            {"header_row": 3},
            ["id", "text", "stars", "shop"],
            [["1", "a", "2", "S1"]],
        ),
        ("id,text\n1,a\n", {"header_row": 0}, ["1", "2"], [["id", "text"], ["1", "a"]]),
    ],
)
def test_a_user_may_say_it(
    tmp_path: Path,
    content: str,
    options: dict[str, Any],
    columns: list[str],
    rows: list[list[str]],
) -> None:
    names, good, bad = read_bytes(tmp_path, "a.csv", content.encode(), **options)
    assert names == columns
    assert [list(row.fields.values()) for row in good] == rows
    assert bad == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"delimiter": ""}, "--delimiter is empty"),
        ({"delimiter": '"'}, "--delimiter is empty, or has a quotation mark"),
        ({"header_row": -1}, "--header-row counts from 1"),
        ({"header_row": 9}, "no header in line 9"),
    ],
)
def test_what_a_user_cannot_say(tmp_path: Path, options: dict[str, Any], said: str) -> None:
    with pytest.raises(IngestError, match=said):
        read_bytes(tmp_path, "a.csv", b"id,text\n1,a\n", **options)


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (FOUND["no header"][0], "has no header: its columns are named by number"),
        (FOUND["a title above"][0], "the header is taken to be in line 4"),
        (FOUND["comments"][0], "the header is taken to be in line 3"),
        (FOUND["Qualtrics"][0], "the second and third header row of Qualtrics is no answer"),
        (FOUND["backslashes"][0], "quotation marks are escaped with a backslash"),
        ("id,text\n1,a\n", None),
    ],
)
def test_what_was_found_is_said(tmp_path: Path, content: str, note: str | None) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n" + content if note and "line 4" in note else content)
    with open_path(path) as stream:
        said = " ".join(stream.notes)
    assert (note.replace("line 4", "line 5") in said) if note else not said
    assert "headphones" not in said


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_rows_that_are_all_of_another_width_are_rejected(tmp_path: Path, delimiter: str) -> None:
    content = "id@text\nk0\nk1@a few words@x\n".replace("@", delimiter)
    columns, good, bad = read_bytes(tmp_path, "a.csv", content.encode())
    assert (columns, good, len(bad)) == (["id", "text"], [], 2)


def test_lines_keep_their_numbers_below_what_is_passed_over(tmp_path: Path) -> None:
    content = b"\n# a comment\nTitle\n\nid,text\n1,a\nx\n2,b\n"
    _, good, bad = read_bytes(tmp_path, "a.csv", content)
    assert [row.line for row in good] == [6, 8]
    assert [reject.line for reject in bad] == [7]


def test_a_row_that_a_line_end_cut_in_two_is_rejected_whole(tmp_path: Path) -> None:
    content = b"id,text,stars\n1,a,2\n2,one\ntwo,5\n3,c,4\n"
    _, good, bad = read_bytes(tmp_path, "a.csv", content)
    assert [row.fields["id"] for row in good] == ["1", "3"]
    assert [(reject.line, reject.row) for reject in bad] == [(3, ["2", "one"]), (4, ["two", "5"])]
    assert all("quotation marks" in reject.fix for reject in bad)


@pytest.mark.parametrize("time", ["1700000000", "NaT", "yesterday", ""])
def test_a_row_without_its_last_blank_fields_may_have_another_kind_of_time(
    tmp_path: Path, time: str
) -> None:
    rows = "k0,some words,,,", f"k1,some words,{time},", "k2,some words,2026-10-05,,"
    content = "\n".join(("id,text,at,a,b", *rows)).encode()
    _, good, bad = read_bytes(tmp_path, "a.csv", content)
    assert [row.fields["at"] for row in good] == ["", time, "2026-10-05"]
    assert bad == []


def test_a_row_that_a_line_end_cuts_is_two_rejects(tmp_path: Path) -> None:
    rows = "1,fine,2026-10-05,4", "2,words that", "go on,2026-10-06,4", "3,fine,2026-10-07,5"
    content = "\n".join(("id,text,at,stars", *rows)).encode()
    _, good, bad = read_bytes(tmp_path, "a.csv", content)
    assert [row.fields["id"] for row in good] == ["1", "3"]
    assert [reject.line for reject in bad] == [3, 4]
