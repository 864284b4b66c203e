"""From a file to feedback: roles, recipes, times, and who a row is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from producer.ingest import ColumnChoice, IngestError, make_plan
from producer.ingest.feedback_stream import FeedbackStream, open_feedback
from producer.ingest.texts.text_cleaner import TextCleaner
from producer.ingest.times.written_times import DAY_FIRST
from producer.ingest.validation.feedback import Feedback
from schema.settings import read_settings


def read(path: Path, **asked: Any) -> tuple[list[Feedback], FeedbackStream]:
    plan = make_plan(read_settings(), [str(path)], **asked)
    with open_feedback(plan, 0, 1000) as stream:
        contents = [row.content for row in stream.rows]
    return [one for one in contents if isinstance(one, Feedback)], stream


def write(folder: Path, content: str, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_text(content, "utf-8")
    return path


#: Identities as they were before columns were chosen by their values.
IDENTITIES: list[tuple[str, dict[str, Any], list[str]]] = [
    (
        "id,text,created_at,language,product,stars\n7,Gears slip,2026-03-14,en-GB,Bike,4\n",
        {},
        ["2e9bf4c4626a28f091251be77bc8a328"],
    ),
    (
        "text,date,lang,item,title,rating\nLid leaks,05/03/2026,Klingon,Jug,Bad lid,2/5\n"
        "Good,25/03/2026,de,Jug,Nice,5/5\n",
        {},
        ["624152a443d0dc9338f0dd8ac1067bfc", "4e4b7d4fb26e704f91709c37be2bce43"],
    ),
    (
        "Kunde;Sterne;Bewertungstext;Datum;Sprache\nK1;5;Kabel zu kurz;14.03.2026;de\n",
        {},
        ["f3aadb202cfbb08ee9ccc61279805b89"],
    ),
    (
        "was;wann;sprache\nKabel zu kurz;14.03.2026;de\n",
        {"text": "was", "time": "wann", "language": "sprache"},
        ["b09440aa6d356bcba633ae26e96a0cb2"],
    ),
    ("text,date,note\nUndated,soon,x\n", {"time": ""}, ["e6f1776fbaedb800bf34bc9e8f844325"]),
]


@pytest.mark.parametrize(
    ("name", "content", "choice", "identities"),
    [(f"{letter}.csv", *case) for letter, case in zip("abcde", IDENTITIES, strict=True)],
)
def test_a_row_stays_the_same(
    tmp_path: Path, name: str, content: str, choice: dict[str, str], identities: list[str]
) -> None:
    path = write(tmp_path, content, name)
    found, _ = read(path, columns=ColumnChoice(**choice))
    assert [one.identity for one in found] == identities


def test_a_recipe_that_was_saved_finds_the_same_rows(tmp_path: Path) -> None:
    path = write(tmp_path, "Datum;Uhrzeit;Kommentar\n14.03.2026;10:00;Zu kurz\n")
    recipe = write(tmp_path, '[columns]\ntext="Kommentar"\ntime=["Datum","Uhrzeit"]', "r.toml")
    ((one,), _), ((same,), _) = read(path), read(path, recipe=str(recipe))
    assert (one.identity, one.time) == (same.identity, datetime(2026, 3, 14, 10, tzinfo=UTC))
    assert one.time == same.time


def test_a_recipe_that_does_not_go_with_an_input_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "text\nZu kurz\n")
    recipe = write(tmp_path, '[columns]\ntext="Kommentar"', "r.toml")
    with pytest.raises(IngestError, match="has no column 'Kommentar'"):
        read(path, recipe=str(recipe))
    # What the user says comes before it.
    ((one,), _) = read(path, recipe=str(recipe), columns=ColumnChoice(text="text"))
    assert one.text == "Zu kurz"


def test_all_that_a_recipe_says(tmp_path: Path) -> None:
    recipe = write(
        tmp_path,
        'source = "shop"\nencoding = "cp1252"\ndayfirst = true\nhtml = true\nstrip_replies = true\n'
        '[columns]\ntext = "t"\ntime = "d"\nid = ""\n',
        "r.toml",
    )
    path = tmp_path / "a.csv"
    path.write_bytes("t,d,id\nGröße<br>-- <br>x,03/04/2026,1\n".encode("cp1252"))
    ((one,), stream) = read(path, recipe=str(recipe))
    assert (one.source, one.external_id, one.text) == ("shop", None, "Größe")
    assert one.time == datetime(2026, 4, 3, tzinfo=UTC)
    assert (stream.texts, stream.day_order) == (TextCleaner(True, True), DAY_FIRST)


def test_the_order_of_day_and_month_may_show_late(tmp_path: Path) -> None:
    rows = [f"{n},Remark {n},{n % 12 + 1:02}/{n % 11 + 1:02}/2026" for n in range(500)]
    path = write(tmp_path, "\n".join(["id,text,date", *rows, "500,Last one,25/12/2026", ""]))
    found, stream = read(path)
    times = {one.external_id: one.time for one in found}
    assert times["1"] == datetime(2026, 2, 2, tzinfo=UTC)
    assert times["12"] == datetime(2026, 2, 1, tzinfo=UTC)
    assert stream.notes.unread_times == 0
    assert stream.day_order == DAY_FIRST


def test_without_a_date_that_shows_the_order_the_user_is_asked(tmp_path: Path) -> None:
    path = write(tmp_path, "id,text,date\n1,It leaks,03/04/2026\n2,Fine,05/05/2026\n")
    found, stream = read(path)
    assert [one.time for one in found] == [None, datetime(2026, 5, 5, tzinfo=UTC)]
    assert (stream.notes.unread_times, stream.notes.ambiguous_times) == (1, 1)
    found, stream = read(path, day_order=DAY_FIRST)
    assert found[0].time == datetime(2026, 4, 3, tzinfo=UTC)
    assert stream.notes.lines() == []


def test_an_export_is_read_without_any_option(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "Respondent ID,Collector ID,Start Date,End Date,What could we do better?\n"
        "11801,4501,03/04/2026 09:00:12 AM,03/05/2026 09:03:40 AM,Open on Sundays\n",
    )
    ((one,), stream) = read(path)
    assert (one.external_id, one.text) == ("11801", "Open on Sundays")
    assert one.time == datetime(2026, 3, 5, 9, 3, 40, tzinfo=UTC)
    why = {decision.role: decision.why for decision in stream.plan.decisions}
    assert why["id"] == "recipe surveymonkey"
