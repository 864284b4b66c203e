"""Labelled files of each kind, and errors that name the row, the column and what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from workers.calibrate.examples import Columns, DataError
from workers.evaluate.labelled_file import read_labelled

ENTITIES = Columns("text", "entities", may_be_empty=True)
ANSWERS = Columns("text", "answer", "question", may_be_empty=True)

CONLL = """-DOCSTART- -X- O

Nimbus NNP B-ORG
Ltd NNP I-ORG
of IN O
Leeds NNP I-LOC

It\tO
York\tS-LOC
Hull\tS-LOC
"""


def test_conll_gives_a_text_for_each_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.conll"
    path.write_text(CONLL, "utf-8")
    first, second = read_labelled(path, "entities", ENTITIES)
    assert (first.line, first.text) == (3, "Nimbus Ltd of Leeds")
    assert [(one["type"], first.text[one["start"] : one["end"]]) for one in first.label] == [
        ("ORG", "Nimbus Ltd"),
        ("LOC", "Leeds"),
    ]
    # Whole ones side by side are two.
    assert [second.text[one["start"] : one["end"]] for one in second.label] == ["York", "Hull"]


def test_squad_gives_each_question(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    asked = [
        {"question": "What?", "answers": [{"text": "a lid", "answer_start": 3}, {"text": "lid"}]},
        {"question": "Who?", "is_impossible": True, "answers": []},
    ]
    data = {"data": [{"paragraphs": [{"context": "Ask a lid.", "qas": asked}]}]}
    path.write_text(json.dumps(data), "utf-8")
    found = read_labelled(path, "qa", ANSWERS)
    assert [(one.line, one.question, one.label) for one in found] == [
        (1, "What?", ["a lid", "lid"]),
        (2, "Who?", []),
    ]
    del data["data"][0]["paragraphs"][0]["qas"][1]["question"]  # type: ignore[attr-defined]
    path.write_text(json.dumps(data), "utf-8")
    with pytest.raises(DataError, match=r"data\[0\]\.paragraphs\[0\]\.qas\[1\] has no question"):
        read_labelled(path, "qa", ANSWERS)


def test_entities_of_csv_and_json_lines_are_the_same(tmp_path: Path) -> None:
    spans = [{"type": "LOC", "start": 0, "end": 5}]
    lines, table = tmp_path / "a.jsonl", tmp_path / "a.csv"
    lines.write_text(json.dumps({"text": "Leeds!", "entities": spans}) + "\n", "utf-8")
    cell = json.dumps(spans).replace('"', '""')
    table.write_text(f'text,entities\nLeeds!,"{cell}"\nNothing,\n', "utf-8")
    assert read_labelled(lines, "entities", ENTITIES)[0].label == spans
    assert [one.label for one in read_labelled(table, "entities", ENTITIES)] == [spans, []]


@pytest.mark.parametrize(
    ("name", "content", "analysis", "says"),
    [
        ("a.conll", "secret\n", "entities", r"line 1 has one column; write a token"),
        ("a.conll", "secret NN\n", "entities", r"line 1, column 2: no tag; write O, B-TYPE"),
        ("a.conll", "\n", "entities", r"is empty; write a token and its tag"),
        ("a.conll", "secret O\n", "sentiment", r"which are entities: not sentiment"),
        ("a.json", "[1]", "qa", r"no SQuAD, which is an object with \"data\"; .*JSON Lines"),
        ("a.json", '{"data": 1}', "qa", r"data: no list of objects"),
        (
            "a.csv",
            "text,entities\nsecret,ORG\n",
            "entities",
            r"line 2, column 'entities': not JSON",
        ),
        (
            "a.csv",
            'text,entities\nsecret,"[{""type"": ""A"", ""start"": 0, ""end"": 9}]"\n',
            "entities",
            r"line 2, column 'entities', entity 1: start and end .* 6 characters; count",
        ),
        ("a.csv", 'text,entities\nsecret,"[1]"\n', "entities", r"entity 1: no object with type"),
    ],
)
def test_what_is_wrong_is_named_without_a_text(
    name: str, content: str, analysis: str, says: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(content, "utf-8")
    columns: Any = ANSWERS if analysis == "qa" else ENTITIES
    with pytest.raises(DataError, match=says) as caught:
        read_labelled(path, analysis, columns)
    assert "secret" not in str(caught.value)
