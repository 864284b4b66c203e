"""`docs/reading.md` has a row for each form of each recipe, with its columns."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from producer.ingest.recipes.find_recipe import built_in_recipes
from producer.ingest.recipes.recipe import Recipe

PAGE = (Path(__file__).parents[4] / "docs" / "reading.md").read_text("utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("|")]


@pytest.mark.parametrize("recipe", built_in_recipes(), ids=lambda one: one.name)
def test_each_form_is_in_the_table(recipe: Recipe) -> None:
    header = ", ".join(f"`{name}`" for name in recipe.header)
    (row,) = [line for line in ROWS if f"| {header} |" in line or f"| {header} in the" in line]
    named = set(re.findall(r"`([^`]+)`", row))
    columns = [one for names in vars(recipe.columns).values() if names
               for one in ((names,) if isinstance(names, str) else names)]  # fmt: skip
    assert set(columns) <= named
    assert f"`{recipe.name}`" in PAGE
