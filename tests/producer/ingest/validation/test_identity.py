"""Identity by content: what `--id-from` names."""

from __future__ import annotations

from pathlib import Path

import pytest

from producer.ingest import IngestError, make_plan
from producer.ingest.columns.choice import ColumnChoice
from producer.ingest.feedback_stream import open_feedback
from producer.ingest.validation.feedback import Feedback
from schema.settings import read_settings


def identities(path: Path, content: str, id_from: str, text: str = "pros") -> list[str]:
    path.write_text(content)
    choice = ColumnChoice(text=tuple(text.split(",")))
    plan = make_plan(read_settings(), [str(path)], columns=choice, id_from=id_from)
    with open_feedback(plan, 0, 1000) as stream:
        found = [row.content for row in stream.rows]
    return [one.identity for one in found if isinstance(one, Feedback)]


def test_each_answer_of_a_row_has_its_own(tmp_path: Path) -> None:
    content = "pros,cons,date\nkind staff,long queue,2026-03-14\n"
    first, second = identities(tmp_path / "a.csv", content, "date", "pros,cons")
    assert first != second
    assert identities(tmp_path / "a.csv", content, "date", "pros,cons") == [first, second]


def test_ratings_titles_and_nested_fields_tell_feedback_apart(tmp_path: Path) -> None:
    header = "pros,rating,title,about\n"
    rows = ['kind,4,A,"{""place"": 1}"', 'kind,5,A,"{""place"": 1}"', 'kind,4,B,"{""place"": 2}"']
    content = header + "".join(f"{row}\n" for row in rows)
    for id_from, number in (("text", 1), ("text,rating", 2), ("title", 2), ("about.place", 2)):
        assert len(set(identities(tmp_path / "a.csv", content, id_from))) == number, id_from


def test_what_is_neither_is_said(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match=r"has no column 'nowhere\.x' \(--id-from\)"):
        identities(tmp_path / "a.csv", "pros\nkind\n", "nowhere.x")
