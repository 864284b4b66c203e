"""Entities and answers: from the files that people have to models that find them."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.support.checkpoints import build_qa, build_sentiment
from tests.support.teaching import teach
from workers.calibrate.examples import Columns, DataError, Example
from workers.evaluate import command as evaluate
from workers.tokenizers.loading import load_tokenizer
from workers.train.sources import read_file
from workers.train.tasks.answers import AnswerTask
from workers.train.tasks.choice import choose_task
from workers.train.tasks.entities import EntityTask

ENTITIES = Columns("text", "entities", may_be_empty=True)
ANSWERS = Columns("text", "answer", "question", may_be_empty=True)
THINGS = ("laptop", "jacket", "phone", "dress")


def scores(printed: str) -> dict[str, float]:
    return {one["name"]: one["value"] for one in json.loads(printed)["scores"]}


def conll(count: int) -> str:
    """Sentences in each of which a thing is named, and in every second money, by two words."""
    lines = []
    for number in range(count):
        thing = THINGS[number % 4]
        lines += [f"order\tO\n{number}\tO\nthe\tO\n{thing}\tB-THING\n"]
        lines += ["refund\tB-MONEY\nprice\tI-MONEY\n" if number % 2 else "", "\n"]
    return "".join(lines)


@pytest.mark.slow
def test_entities_are_learned_from_tags(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    base = build_sentiment(tmp_path / "base", labels=4)
    data = tmp_path / "a.conll"
    data.write_text(conll(160), "utf-8")
    assert teach("entities", data, base, Path("out"), "--epochs", "6", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    # Of a model that has not learned, none.
    assert scores(json.dumps(said))["F1"] > 0.6
    assert [one["label"] for one in said["labels"]] == ["MONEY", "THING"]
    entry = tomllib.loads(said["catalog"])["entities"]
    assert entry == {"model": "./out", "options": {"aggregation": "first"}}
    Path("catalog.toml").write_text(said["catalog"], "utf-8")
    given = ["entities", "--data", str(data), "--models", "catalog.toml", "--json"]
    assert evaluate.main([*given, "--device", "cpu"]) == 0
    assert scores(capsys.readouterr().out)["F1"] > 0.6


@pytest.mark.slow
def test_answers_are_learned_from_squad(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    base = build_qa(tmp_path / "base")
    paragraphs: list[dict[str, Any]] = []
    for number in range(160):
        thing = THINGS[number % 4] if number % 3 else None
        context = f"order {number} was the {thing} in a box" if thing else f"order {number} late"
        answers = [{"text": thing, "answer_start": context.index(thing)}] if thing else []
        asked = {"question": "What was it?", "is_impossible": thing is None, "answers": answers}
        paragraphs.append({"context": context, "qas": [asked]})
    data = tmp_path / "a.json"
    data.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}), "utf-8")
    assert teach("qa", data, base, Path("out"), "--epochs", "6", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert scores(json.dumps(said))["F1"] > 0.9
    assert scores(json.dumps(said))["accuracy without an answer"] > 0.9
    entry = tomllib.loads(said["catalog"])["qa"]
    assert entry["options"] == {"handle_impossible_answer": True}


def test_each_token_of_an_entity_has_its_label(tmp_path: Path) -> None:
    tokenizer = load_tokenizer(build_sentiment(tmp_path / "base"))
    text = "late " * 30 + "phone kettle late"
    start = text.index("phone")
    spans = [{"type": "X", "start": start, "end": start + len("phone kettle")}]
    task = EntityTask(["X"])
    examples = [Example(1, text, spans), Example(2, "late", [])]
    rows = task.features(examples, tokenizer, 24)
    assert len(rows) > 2 and all(len(row["input_ids"]) <= 24 for row in rows)
    assert rows[-1]["labels"] == [-100, *[0] * (len(rows[-1]["labels"]) - 2), -100]
    tags = [[task.labels[one] for one in row["labels"] if one >= 0] for row in rows]
    tokens = tokenizer(" kettle", add_special_tokens=False)["input_ids"]
    found = [row for row in tags if "B-X" in row]
    # Once in each window that has its beginning; all that follows goes on with it.
    assert found and all(row.count("B-X") == 1 for row in found)
    assert max(row.count("I-X") for row in found) >= len(tokens)


def test_an_answer_is_where_it_is_said_to_be(tmp_path: Path) -> None:
    tokenizer = load_tokenizer(build_qa(tmp_path / "base"))
    text = "late late " + "box " * 40 + "late phone"
    second = Example(1, text, ["late"], "What?", (text.rindex("late"),))
    none = Example(2, "box", [], "What?", ())
    rows = AnswerTask([second, none]).features([second, none], tokenizer, 40)
    placed = [row for row in rows if row["labels"] != [0, 0]]
    assert placed and all(row["labels"][0] > 3 for row in placed)
    for row in placed:
        first, last = row["labels"]
        assert tokenizer.decode(row["input_ids"][first : last + 1]) == "late"
    assert rows[-1]["labels"] == [0, 0]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.conll", "secret O\nof I-LOC\n", r"line 2, column 2: I- without a beginning; write B-"),
        ("a.conll", "secret B-LOC\nof I-ORG\n", r"line 2, column 2: I- without a beginning"),
        ("a.conll", "secret O\n", r"no entity, so that nothing can be learned; mark some"),
        (
            "a.jsonl",
            '{"text": "secret", "entities": [{"type": "A", "start": 0, "end": 5}, '
            '{"type": "B", "start": 3, "end": 6}]}',
            r"line 1, column 'entities': two entities overlap",
        ),
        (
            "a.jsonl",
            '{"text": "secret", "entities": [{"type": "A", "start": 0, "end": 7}]}',
            r"line 1, column 'entities', entity 1: start and end are no places in its text",
        ),
    ],
)
def test_bad_entities_are_named(name: str, content: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(content, "utf-8")
    with pytest.raises(DataError, match=says) as caught:
        choose_task("entities", [read_file(path, "entities", ENTITIES)], ())
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"answer": "other"}, r"line 1, column 'answer': the answer does not stand in its text"),
        (
            {"answer": "secret", "start": 1},
            r"does not stand where `start` says; .*count characters",
        ),
        ({"answer": "secret", "question": ""}, r"line 1: no question; write it"),
        ({"answer": "x", "text": ""}, r"line 1, column 'text': no text"),
    ],
)
def test_bad_answers_are_named(row: dict[str, Any], says: str, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    whole = {"text": "a secret", "question": "What?"} | row
    path.write_text(json.dumps(whole), "utf-8")
    with pytest.raises(DataError, match=says) as caught:
        choose_task("qa", [read_file(path, "qa", ANSWERS)], ())
    assert "secret" not in str(caught.value)


def test_squad_that_says_another_place_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    asked = {"question": "What?", "answers": [{"text": "secret", "answer_start": 1}]}
    data = {"data": [{"paragraphs": [{"context": "a secret", "qas": [asked]}]}]}
    path.write_text(json.dumps(data), "utf-8")
    with pytest.raises(DataError, match=r"qas\[0\], answer_start: its answer does not stand there"):
        read_file(path, "qa", ANSWERS)
