from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from producer.ingest import dry_run, make_plan
from producer.ingest.columns.choice import ColumnChoice, Columns
from producer.ingest.ratings.rating_scale import RatingScale
from producer.ingest.readers.options import ReadingOptions
from producer.ingest.recipes.recipe import Recipe, parse_recipes
from producer.ingest.recipes.write_recipe import save_recipe, write_recipe
from schema.settings import read_settings


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
        Recipe("a", ColumnChoice(rating="mark"), rating_scale=RatingScale(6, 1)),
    ],
)
def test_what_is_written_is_read_as_the_same(recipe: Recipe) -> None:
    assert parse_recipes("a", tomllib.loads(write_recipe(recipe))) == [recipe]


def test_roles_without_a_column_stay_so() -> None:
    columns = Columns("t", None, "day", None, None, None, clock="clock", more_texts=("u",))
    assert columns.as_choice() == ColumnChoice(("t", "u"), "", ("day", "clock"), "", "", "", "")


def test_how_an_input_is_read_and_known_is_a_part_of_it(tmp_path: Path) -> None:
    path, file = tmp_path / "a.csv", tmp_path / "shop.toml"
    path.write_text("Export;1\nid;text\n1;It leaks\n")
    reading = ReadingOptions(delimiter=";", header_row=2)
    config = read_settings()
    seen = dry_run(config, make_plan(config, [str(path)], reading=reading, id_from="text"))
    (view,) = (one.view for one in seen.inputs)
    plan = make_plan(config, [str(path)], reading=reading, id_from="text")
    assert view is not None
    assert "--id-from text --delimiter ';' --header-row 2" in view.command(plan)
    choice = ColumnChoice("text", "id", "", "", "", "", "")
    assert view.recipe(plan) == Recipe("", choice, reading=reading, id_from="text")
    save_recipe(file, [view.recipe(plan)])
    again = make_plan(config, [str(path)], recipe=str(file))
    assert (again.reading, again.id_from) == (reading, ("text",))
    # What the command line says comes first.
    other = ReadingOptions(header_row=1)
    plan = make_plan(config, [str(path)], recipe=str(file), reading=other, id_from="id")
    assert (plan.reading.header_row, plan.reading.delimiter, plan.id_from) == (1, ";", ("id",))
