"""Which class of the model a person's label names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from schema.polarity import known_values, polarity_of
from workers.analyses.sentiment import SentimentAnalysis
from workers.calibrate.examples import DataError, Example
from workers.classification.analysis import ClassificationAnalysis
from workers.encoders.interface import Ints


def truths(analysis: ClassificationAnalysis, examples: Sequence[Example]) -> Ints:
    """The index of each example's class in `analysis.classes`, (examples,).

    A label is one of the model's own, whatever its case. For sentiment it may also be a word or a
    step of a scale that is known, as `Negative` or `4 stars`; plain numbers are stars.

    Raises:
        DataError: If a label names no class; its line is named, since it may be a text.
    """
    given = {example.label for example in examples if isinstance(example.label, str)}
    classes = _classes(analysis, sorted(given))
    found = []
    for example in examples:
        if not isinstance(example.label, str) or example.label not in classes:
            raise DataError(
                f"line {example.line}: the label names none of {', '.join(analysis.classes)}; "
                "correct it, or name the column of the labels with --label"
            )
        found.append(classes[example.label])
    return np.array(found, dtype=np.int64)


def _classes(analysis: ClassificationAnalysis, given: Sequence[str]) -> Mapping[str, int]:
    """The class of each label that names one."""
    own = {label.casefold(): index for index, label in enumerate(analysis.labels)}
    if not isinstance(analysis, SentimentAnalysis):
        return {label: own[label.casefold()] for label in given if label.casefold() in own}
    known = known_values(given)
    found = {}
    for label in given:
        if label.casefold() in own:
            value = analysis.values[own[label.casefold()]]
        elif label in known:
            value = known[label]
        else:
            continue
        found[label] = analysis.classes.index(polarity_of(value))
    return found
