"""The labels of a checkpoint, and what each means: as its configuration and the catalog say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schema.catalog import CatalogEntry
from schema.intents import known_intents
from schema.polarity import known_values, polarity_of
from schema.results import RESULT_TABLES
from schema.results.base import LabelTable

#: Of a label that nobody can tell the meaning of.
UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class Label:
    """Attributes:
    name: As the checkpoint has it.
    means: A polarity, an intent; None where a label says all itself, `?` where nobody can tell.
    """

    name: str
    means: str | None = None


def labels_of(analysis: str, entry: CatalogEntry, config: Mapping[str, Any]) -> list[Label]:
    """The labels of a model; none of one that gives answers, texts or vectors.

    Args:
        analysis: That it serves.
        entry: What the catalog says of it; labels of the user's own are in it.
        config: The object in `config.json`.
    """
    if entry.own_labels is not None:
        return [Label(one.name) for one in entry.own_labels.labels]
    names = _names(config)
    if analysis == "entities":
        types = dict.fromkeys(name.partition("-")[2] or name for name in names if name != "O")
        return [Label(one) for one in types]
    if analysis == "sentiment":
        if entry.scale is not None:
            worst, best = entry.scale
            return [Label(one, f"a number, {worst:g} worst, {best:g} best") for one in names]
        values = known_values(names) | entry.polarity
        return [
            Label(one, polarity_of(values[one]).value if one in values else UNKNOWN)
            for one in names
        ]
    if analysis == "intent":
        meanings = known_intents(names) | entry.labels
        return [Label(one, str(meanings.get(one, UNKNOWN))) for one in names]
    return [Label(one) for one in names] if gives_labels(analysis) else []


def gives_labels(analysis: str) -> bool:
    """Whether texts are labelled by it: by its table, or since it is one of the user's own."""
    table = next((one for one in RESULT_TABLES if one.analysis == analysis), None)
    return table is None or issubclass(table, LabelTable)


def _names(config: Mapping[str, Any]) -> list[str]:
    by_number = config.get("id2label")
    if isinstance(by_number, dict) and by_number:
        try:
            return [str(by_number[key]) for key in sorted(by_number, key=int)]
        except ValueError:
            return [str(name) for name in by_number.values()]
    number = config.get("num_labels")
    # Transformers' own default, for checkpoints that say nothing.
    return [f"LABEL_{place}" for place in range(number if isinstance(number, int) else 2)]
