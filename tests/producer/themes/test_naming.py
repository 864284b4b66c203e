"""Names say what a theme's texts say and others do not; no two are the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from producer.themes.grid import to_grid
from producer.themes.lineage import give_names
from producer.themes.naming import name_themes
from producer.themes.phrases import phrases
from producer.themes.topics import Topic, TopicsError, read_topics, topic_centres
from schema.insights.words import words

VECTORS = to_grid(np.eye(3, dtype=np.float16))


def named(*groups: list[str], taken: set[str] | None = None) -> list[str]:
    texts = [text for group in groups for text in group]
    themes = np.array([number for number, group in enumerate(groups) for _ in group])
    found = name_themes(texts, VECTORS[themes], themes, [True] * len(groups), taken)
    return [one.name for one in found]


BROKEN = [f"the zip broke {number}" for number in ("again", "today", "twice", "indeed")]
LATE = [f"my parcel came late {number}" for number in ("again", "today", "twice", "indeed")]


def test_a_name_is_what_is_said_here_and_not_elsewhere() -> None:
    assert named(BROKEN, LATE) == ["zip broke", "parcel came late"]


def test_a_name_is_given_once() -> None:
    once = named(BROKEN, LATE)
    again = named(BROKEN, LATE, taken=set(once))
    assert not set(once) & set(again) and len(set(again)) == 2


def test_a_theme_without_common_words_is_numbered() -> None:
    assert named(["a"], ["b"]) == ["(no common words)", "(no common words) (2)"]


def test_a_theme_about_nothing_is_called_so() -> None:
    nothing = ["Nothing.", "nothing at all", "There is nothing", "Can't think of anything", "None",
               "Absolutely nothing comes to mind", "no comment", "No comment here"]  # fmt: skip
    things = ("zip", "parcel", "room", "food", "door", "taxi", "nurse", "bed")
    times = ("again", "today", "twice", "indeed")
    others = [f"the {thing} was there {time}" for thing in things for time in times]
    assert named(others, nothing)[1] == "nothing"
    assert named(others, nothing, taken={"nothing"})[1] != "nothing"


def test_phrases_begin_and_end_with_words_that_say_something() -> None:
    assert phrases("I want to verify my identity!") == {
        "verify",
        "identity",
        "verify my identity",
    }
    assert words("Don't pay 20€ — it’s l’eau") == ["dont", "pay", "its", "eau"]


def test_topics_are_read_from_a_table_or_toml(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("name,description\nDelivery,late parcel\n,nothing\n", "utf-8")
    toml = tmp_path / "t.toml"
    toml.write_text('[topics]\nDelivery = "late parcel"\n', "utf-8")
    assert read_topics(table) == read_topics(toml) == [Topic("Delivery", "late parcel")]


@pytest.mark.parametrize(("name", "text"), [("a.toml", "x = ["), ("a.csv", "a,b\n1,2\n")])
def test_a_list_that_is_none_is_refused(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(TopicsError, match=name):
        read_topics(tmp_path / name)


def test_a_topic_lies_where_its_words_are_said() -> None:
    texts = [*BROKEN, *LATE]
    rows = VECTORS[[0] * 4 + [1] * 4]
    known, found = topic_centres(
        [Topic("Parcels"), Topic("late parcel"), Topic("rain")], texts, rows
    )
    assert known == [Topic("late parcel")]
    assert np.array_equal(found, VECTORS[[1]])


def test_a_theme_that_shares_no_words_is_hidden_until_a_person_shows_it() -> None:
    texts = ["zips break often", "zips break again", "zips break soon", "one", "two", "three"]
    themes = np.array([0, 0, 0, 1, 1, 1])
    found = [{"name": "", "hidden": False}, {"name": "", "hidden": False}]
    give_names(found, [], (texts, VECTORS[themes], themes))
    assert [(theme["name"], theme["hidden"]) for theme in found] == [
        ("zips break", False),
        ("(no common words)", True),
    ]
    # A rebuild finds it again: with its name, and as the person left it.
    shown = {"name": "(no common words)", "hidden": False}
    give_names([shown], [], (texts[3:], VECTORS[themes[3:]], np.array([0, 0, 0])))
    assert not shown["hidden"]


def test_a_theme_of_manners_alone_is_hidden_and_has_its_name() -> None:
    asked = ["Please resolve this issue quickly", "Kindly resolve this issue, please and thanks"]
    texts = [*asked * 2, "Please provide a solution, thanks", *["The zip broke again"] * 4]
    themes = np.array([0] * 5 + [1] * 4)
    found = [{"name": "", "hidden": False}, {"name": "", "hidden": False}]
    give_names(found, [], (texts, VECTORS[themes], themes))
    assert [theme["hidden"] for theme in found] == [True, False]
    assert found[0]["name"] and found[0]["name"] != "(no common words)"
