from __future__ import annotations

import tomllib

import pytest

from producer.ingest.columns.choice import ColumnChoice, Columns
from producer.ingest.readers.options import ReadingOptions
from producer.ingest.recipes.recipe import Recipe, parse_recipes
from producer.ingest.recipes.write_recipe import to_recipe, write_recipe


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe("a", ColumnChoice(text="text")),
        Recipe("a", ColumnChoice(text=("a", "b"), time=("Date", "Time"), id="", rating="s")),
        Recipe("a", ColumnChoice(text='q"\\ü\n\x7f\x1b')),
        Recipe(
            "a",
            ColumnChoice(),
            source="s",
            reading=ReadingOptions(encoding="cp1252", header_row=2),
            day_order="day first",
        ),
        Recipe("a", ColumnChoice(), day_order="month first", html=True, replies=True),
    ],
)
def test_what_is_written_is_read_as_the_same(recipe: Recipe) -> None:
    assert parse_recipes("a", tomllib.loads(write_recipe(recipe))) == [recipe]


def test_roles_without_a_column_stay_so() -> None:
    columns = Columns("t", None, "day", None, None, None, clock="clock", more_texts=("u",))
    recipe = to_recipe("b", columns, Recipe("a", ColumnChoice(), header=("x",), html=True))
    choice = ColumnChoice(("t", "u"), "", ("day", "clock"), "", "", "", "")
    assert recipe == Recipe("b", choice, html=True)
