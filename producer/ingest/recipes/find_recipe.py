"""Recipes that come with the project, and those of a user's own file."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path

from producer.ingest.errors import IngestError
from producer.ingest.recipes.recipe import Recipe, parse_recipes

_ENDING = ".toml"


@cache
def built_in_recipes() -> tuple[Recipe, ...]:
    """All recipes that come with the project, a form after the other."""
    folder = resources.files("producer.ingest.recipes")
    files = sorted((one for one in folder.iterdir() if one.name.endswith(_ENDING)), key=str)
    return tuple(
        recipe
        for file in files
        for recipe in parse_recipes(
            file.name.removesuffix(_ENDING), tomllib.loads(file.read_text("utf-8"))
        )
    )


def recognise_recipe(columns: Sequence[str], name: str | None = None) -> Recipe | None:
    """The recipe whose header says most about an input; None where there is none.

    Args:
        columns: The input's columns.
        name: Only the forms of this one; where none is recognised, the one most of whose columns
            are there.
    """
    recipes = [one for one in built_in_recipes() if name in (None, one.name)]
    recognised = [one for one in recipes if one.recognises(columns)]
    if not recognised and name is not None:
        return max(recipes, key=lambda one: _found(one, columns), default=None)
    return max(recognised, key=lambda one: len(one.header), default=None)


def load_recipe(name: str) -> Recipe | None:
    """The recipe of a file; None where the name is that of a recipe of ours.

    Raises:
        IngestError: If there is neither, or the file is no recipe.
    """
    names = list(dict.fromkeys(one.name for one in built_in_recipes()))
    if name in names:
        return None
    path = Path(name)
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise IngestError(
            f"--recipe {name!r} is no file, and none of ours: {', '.join(names)}"
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise IngestError(f"recipe {name} cannot be read ({error})") from None
    recipes = parse_recipes(path.name, content)
    if len(recipes) != 1:
        raise IngestError(f"recipe {name} must have one form")
    return recipes[0]


def _found(recipe: Recipe, columns: Sequence[str]) -> int:
    return sum(1 for one in vars(recipe.columns_in(columns)).values() if one)
