"""Tables of the user's own analyses: what is said of labels, apart from what is said of a model."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from schema.catalog.labels_file import read_labels
from schema.catalog.own_labels import OwnLabels
from schema.catalog.said_labels import LabelsError

#: What stands in a table beside `labels`.
_BESIDE_LABELS = ("multiple", "hypothesis", "none_below")


def split_labels(
    table: dict[str, Any], embedding: dict[str, Any] | None, beside: Path | None
) -> tuple[dict[str, Any], OwnLabels | None]:
    """Take a table apart.

    Args:
        table: As the catalog has it.
        embedding: The catalog's table for `embedding`, whose model compares texts with labels where
            the table names none; without it the one that comes with the project does.
        beside: The folder of the catalog; None for one that comes with the project.

    Returns:
        What is left for an entry, and the labels; None where the model's own classes count.

    Raises:
        LabelsError: Names what is wrong, and what to do.
    """
    if "own_labels" in table:
        raise LabelsError("own_labels: write it as labels")
    if "labels" not in table:
        wrong = next((one for one in _BESIDE_LABELS if one in table), None)
        if wrong is not None:
            raise LabelsError(
                f"{wrong}: it concerns labels of your own; add labels, or leave it out"
            )
        return table, None
    left = {key: value for key, value in table.items() if key not in ("labels", *_BESIDE_LABELS)}
    multiple = table.get("multiple", False)
    if not isinstance(multiple, bool):
        raise LabelsError("multiple: write true or false")
    labels = read_labels(table["labels"], beside, multiple=multiple)
    said = {key: table[key] for key in _BESIDE_LABELS if key in table}
    try:
        made = OwnLabels.model_validate({"labels": labels} | said)
    except ValidationError as error:
        fault = error.errors()[0]
        what = fault["msg"].removeprefix("Value error, ")
        raise LabelsError(f"{fault['loc'][0]}: {what}") from None
    if "model" in left:
        return left, made
    return (embedding or _built_in()) | left, made


@cache
def _built_in() -> dict[str, Any]:
    """The table of the model for `embedding` that comes with the project."""
    raw = resources.files("schema.catalog").joinpath("pocket.toml").read_text("utf-8")
    table: dict[str, Any] = tomllib.loads(raw)["embedding"]
    return table
