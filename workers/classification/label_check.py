"""Whether the labels of a model for sentiment say what they mean: checked when it is loaded."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from schema.catalog import CatalogEntry
from schema.polarity import known_values
from workers.classification.scores import ScoreKind
from workers.errors import ModelError

#: A key that TOML takes without quotation marks.
_BARE = re.compile(r"[A-Za-z0-9_-]+")


class UnclearLabelsError(ModelError):
    """Nobody can tell what a model's labels mean; its answers are labels and scores alone."""


def label_values(entry: CatalogEntry, labels: Sequence[str], kind: ScoreKind) -> list[float]:
    """The value in -1…1 of each label, in their order; none for a model that gives one number.

    The catalog's `polarity` says it, else the name of the label.

    Raises:
        UnclearLabelsError: If neither does, or if the catalog lacks the scale of a number; with the
            line that it needs.
        ModelError: If the catalog names labels that the model does not have.
    """
    unknown = sorted(entry.polarity.keys() - set(labels))
    if unknown:
        raise ModelError(
            f"model {entry.model!r} has no label {unknown[0]!r}, which [sentiment] polarity names "
            "in the catalog that TRIAGE_MODELS names; its labels are "
            f"{', '.join(map(repr, labels))}"
        )
    if kind is ScoreKind.NUMBERS:
        _check_scale(entry)
        if len(labels) == 1:
            return []
    values = known_values(labels) | entry.polarity
    if set(labels) <= values.keys():
        return [values[label] for label in labels]
    if len(labels) == 1:
        raise UnclearLabelsError(
            f"model {entry.model!r} gives one number, and nobody can tell what it means; add to "
            f"{_table(entry)}: scale = [1, 5] with the worst and the best number that it can give, "
            f"or, if it is the probability of {labels[0]!r}, {_line(labels, values)} with "
            f"{_CHOICES} for the ?"
        )
    raise UnclearLabelsError(
        f"model {entry.model!r} does not say which of its labels is negative; add to "
        f"{_table(entry)}: {_line(labels, values)} with {_CHOICES} for each ?"
    )


_CHOICES = "negative, neutral or positive, or a number from -1 to 1 without quotation marks,"


def _check_scale(entry: CatalogEntry) -> None:
    if entry.scale is None:
        raise UnclearLabelsError(
            f"model {entry.model!r} gives numbers on a scale that it does not name; add to "
            f"{_table(entry)}: scale = [1, 5] with the worst and the best number that it can give"
        )


def _table(entry: CatalogEntry) -> str:
    return table_of("sentiment", entry)


def _line(labels: Sequence[str], values: Mapping[str, float]) -> str:
    return labels_line("polarity", labels, values)


def table_of(analysis: str, entry: CatalogEntry) -> str:
    """Which table of a catalog a line belongs into, in words."""
    model = json.dumps(entry.model, ensure_ascii=False)
    return (
        f"the table [{analysis}] with model = {model} in the catalog, a file of your own, that "
        "TRIAGE_MODELS names"
    )


#: Lest a wrong guess be copied.
UNKNOWN = '"?"'


def labels_line(option: str, labels: Sequence[str], values: Mapping[str, Any]) -> str:
    """The line of TOML that says what each label means; of what is not known a question mark.

    Args:
        option: What the line sets.
        labels: All that the model has.
        values: Of some of them, as TOML writes them.
    """
    pairs = [f"{_key(label)} = {values.get(label, UNKNOWN)}" for label in labels]
    return f"{option} = {{ {', '.join(pairs)} }}"


def _key(label: str) -> str:
    return label if _BARE.fullmatch(label) else json.dumps(label, ensure_ascii=False)
