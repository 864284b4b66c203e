from __future__ import annotations

from pathlib import Path

import pytest

from producer.ingest.columns.choice import ColumnChoice
from producer.ingest.errors import IngestError
from producer.ingest.recipes.find_recipe import built_in_recipes, load_recipe, recognise_recipe
from producer.ingest.recipes.recipe import Recipe, parse_recipes
from tests.support.exports import EXPORTS


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_is_recognised_by_its_header(name: str) -> None:
    header, expected = EXPORTS[name]
    recipe = recognise_recipe(header)
    assert recipe is not None
    assert recipe.name == name
    found = recipe.columns_in([column.upper() for column in header])
    upper = [one.upper() if isinstance(one, str) else one and tuple(map(str.upper, one))
             for one in expected]  # fmt: skip
    assert [found.text, found.title, found.id, found.time, found.rating] == upper


def test_every_recipe_of_ours_has_a_header_by_which_it_is_known() -> None:
    assert {one.name for one in built_in_recipes()} == set(EXPORTS)
    for recipe in built_in_recipes():
        names = [one.removesuffix("*") for one in recipe.header]
        known = recognise_recipe(names)
        assert known is not None
        assert known.name == recipe.name


@pytest.mark.parametrize(
    "header",
    [["id", "text"], ["id", "text", "date", "stars"], ["text"], [], ["Name", "Timestamp", "Email"]],
)
def test_what_is_no_export(header: list[str]) -> None:
    assert recognise_recipe(header) is None


def test_a_recipe_of_ours_by_its_name() -> None:
    header = ["Ticket ID", "Description", "Opened"]
    assert recognise_recipe(header) is None
    recipe = recognise_recipe(header, "zendesk")
    assert recipe is not None
    found = recipe.columns_in(header)
    assert found == ColumnChoice(text="Description", id="Ticket ID", rating="")
    assert load_recipe("zendesk") is None


def test_a_recipe_of_the_users_own(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    path.write_text('source = "shop"\ndayfirst = true\nhtml = true\nstrip_replies = true\n'
                    '[columns]\ntext = ["pros", "cons"]\nid = ""\n')  # fmt: skip
    assert load_recipe(str(path)) == Recipe(
        "shop.toml", ColumnChoice(text=("pros", "cons"), id=""), source="shop",
        day_order="day first", html=True, replies=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[columns]\nnext = 'x'", "there is no role 'next'; roles are text, id, time"),
        ("columns = 1", "columns must be a table"),
        ("[columns]\nid = ['a', 'b']", "id must be the name of a column"),
        ("[columns]\ntext = [1]", "text must be the name of a column"),
        ("colour = 'red'", "'colour' is not known"),
        ("dayfirst = true\nmonthfirst = true", "exclude each other"),
        ("rating_scale = '5'", 'rating_scale must be the worst and the best, such as "5-1"'),
        ("rating_scale = 5", "rating_scale must be a string"),
        ("forms = 1", "forms must be a list of tables"),
        ("[[forms]]\n[[forms]]", "must have one form"),
        ("= 1", "cannot be read"),
    ],
)
def test_what_is_wrong_with_a_recipe_is_said(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "a.toml"
    path.write_text(content)
    with pytest.raises(IngestError, match=said):
        load_recipe(str(path))


def test_a_recipe_that_is_not_there() -> None:
    with pytest.raises(IngestError, match="is no file, and none of ours: amazon, app-store, "):
        load_recipe("zendisk")


def test_names_are_strings() -> None:
    with pytest.raises(IngestError, match="header must be a list of names"):
        parse_recipes("a", {"header": [1]})
