"""A recipe as TOML, which reads the next delivery as this one was read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from producer.ingest.errors import IngestError
from producer.ingest.recipes.recipe import Recipe
from producer.ingest.times.written_times import DAY_FIRST, MONTH_FIRST


def write_recipe(recipe: Recipe) -> str:
    """The content of a recipe's file."""
    options = {
        "source": recipe.source,
        **asdict(recipe.reading),
        "id_from": recipe.id_from,
        "dayfirst": recipe.day_order == DAY_FIRST or None,
        "monthfirst": recipe.day_order == MONTH_FIRST or None,
        "html": recipe.html or None,
        "strip_replies": recipe.replies or None,
        "rating_scale": None if recipe.rating_scale is None else str(recipe.rating_scale),
    }
    lines = [f"{name} = {_value(value)}" for name, value in options.items() if value is not None]
    columns = [
        f"{role} = {_value(names)}"
        for role, names in vars(recipe.columns).items()
        if names is not None
    ]
    return "\n".join([*lines, *([""] if lines else []), "[columns]", *columns, ""])


def check_recipe_file(path: Path) -> None:
    """Make sure that a recipe can be written there without writing over anything.

    Raises:
        IngestError: If it cannot.
    """
    if path.exists():
        raise IngestError(f"--save-recipe {path}: the file is there; name another one")


def save_recipe(path: Path, recipes: Sequence[Recipe]) -> None:
    """Write the recipe of all inputs.

    Raises:
        IngestError: If they have different ones, or the file cannot be written.
    """
    different = list(dict.fromkeys(recipes))
    if len(different) != 1:
        raise IngestError(
            "the inputs have different columns: save a recipe of each, one input at a time"
        )
    try:
        path.write_text(write_recipe(different[0]), "utf-8")
    except OSError as error:
        raise IngestError(f"--save-recipe {path} cannot be written ({error.strerror})") from None


def _value(value: object) -> str:
    # What JSON writes of strings, lists of them and truth is TOML as well, but for DEL.
    written = list(value) if isinstance(value, tuple) else value
    return json.dumps(written).replace("\x7f", "\\u007f")
