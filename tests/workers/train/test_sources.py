"""Labelled texts: what is wrong is said with row, column and fix, and quotes no text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from workers.calibrate.examples import Columns, DataError, Example
from workers.train.sources import Source, digest, merge, read_file
from workers.train.split import split
from workers.train.tasks.choice import choose_task

LABELS = Columns("text", "label")
MANY = "\n".join(f"secret {n},{'ab'[n % 2]}" for n in range(20))


@pytest.mark.parametrize(
    ("analysis", "content", "says"),
    [
        ("sentiment", "text,label\nsecret,good\n,bad\n", r"line 3, column 'text': no text; write"),
        (
            "sentiment",
            "text,label\nsecret,good\nsecret 2,odd\n",
            r"line 3, column 'label': .* `4 st",
        ),
        ("sentiment", "text,label\nsecret,good\ns,Good\n", r"line 2, .* rows: the same label.*add"),
        ("tone", "text,label\nsecret,a\nsecret 2,A\n", r"line 2, column 'label', .*the same label"),
        ("tone", "text,label\nsecret,a\ns,b\nt,c\n", r"3 labels in 3 texts.*--label"),
        ("tone", "text,mood\nsecret,a\n", r"line 2 has no 'label'; name the column with --label"),
        ("intent", "text,label\nsecret,rage\n", r"line 2, column 'label': not only names of comp"),
        ("intent", "text,label\nsecret,praise\ns,praise\n", r"the same intents, .*add texts"),
    ],
)
def test_what_is_wrong_is_named(analysis: str, content: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(content, "utf-8")
    with pytest.raises(DataError, match=says) as caught:
        choose_task(analysis, [read_file(path, analysis, LABELS)], ())
    assert "secret" not in str(caught.value)


def test_a_label_that_is_not_allowed_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"text,label\n{MANY}\nsecret,aa\n", "utf-8")
    source = read_file(path, "tone", LABELS)
    assert choose_task("tone", [source], ()).task.labels == ("a", "aa", "b")
    with pytest.raises(DataError, match=r"line 22, column 'label': .* none of a, b; .*--labels"):
        choose_task("tone", [source], ("a", "b"))


def test_an_unlabelled_row_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    rows: list[dict[str, Any]] = [{"text": "one", "label": "a"}, {"text": "two", "label": None}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    assert [one.text for one in read_file(path, "tone", LABELS).examples] == ["one"]


def test_each_text_counts_once_with_its_last_label() -> None:
    first = Source("a.csv", "label", [Example(2, "one", "a"), Example(3, "two", "a")])
    second = Source("corrections", "label", [Example(1, "two", "b"), Example(2, "one", "a")])
    found = merge([first, second])
    assert [(one.line, one.text, one.label) for one in found.examples] == [
        (1, "one", "a"),
        (2, "two", "b"),
    ]
    assert (found.repeated, found.contradicted) == (2, 1)
    assert digest(found.examples) != digest(first.examples)


def test_each_class_is_in_both_parts_and_the_same_each_time() -> None:
    rare = [Example(n, f"rare {n}", "rare", question) for n in range(3) for question in "xy"]
    examples = [Example(n, f"text {n}", "often") for n in range(10, 110)] + rare
    learn, validate = split(examples, 0.2, 1, lambda one: one.label)
    assert (learn, validate) == split(examples, 0.2, 1, lambda one: one.label)
    assert split(examples, 0.2, 2, lambda one: one.label)[1] != validate
    assert len(learn) + len(validate) == len(examples)
    # 20 of 100, and both questions of one text of three.
    assert [one.label for one in validate].count("often") == 20
    assert {one.text for one in validate if one.label == "rare"}.isdisjoint(
        one.text for one in learn
    )
    assert [one.label for one in validate].count("rare") == 2
    with pytest.raises(DataError, match="too few to learn from and to validate with"):
        split([Example(1, "a", "x"), Example(2, "b", "y")], 0.5, 1, lambda one: one.label)
