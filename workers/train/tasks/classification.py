"""Learning to give each text one label: sentiment, or classes of the user's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import AutoModelForSequenceClassification, PreTrainedTokenizerBase

from schema.polarity import Polarity, known_values, polarity_of
from workers.calibrate.examples import DataError, Example
from workers.train.sources import Source
from workers.train.tasks.task import Task

#: With more labels than this share of its texts, a column is hardly one of labels.
_MOST_LABELS = 0.5


class ClassificationTask(Task):
    """Each text has one label; see `Task`.

    Args:
        labels: All that there are, in the order of the model's outputs.
    """

    auto_model_class = AutoModelForSequenceClassification
    problem = "single_label_classification"
    metric = "macro F1"

    def __init__(self, labels: Sequence[str]) -> None:
        self.labels = tuple(labels)
        self._number = {label: number for number, label in enumerate(labels)}
        self._weights: Tensor | None = None

    def stratum(self, example: Example) -> str:
        """The label."""
        return str(example.label)

    def features(
        self, examples: Sequence[Example], tokenizer: PreTrainedTokenizerBase, max_length: int
    ) -> list[dict[str, Any]]:
        """The first window of each text, with the number of its label."""
        rows = self.first_windows(examples, tokenizer, max_length)
        labels = [self._number[one.label] for one in examples]
        return [row | {"labels": label} for row, label in zip(rows, labels, strict=True)]

    def weigh(self, examples: Sequence[Example]) -> None:
        """As scikit-learn's `balanced`: texts over classes times texts of the class."""
        counts = Counter(one.label for one in examples)
        there = len(counts)
        weights = [len(examples) / (there * max(counts[label], 1)) for label in self.labels]
        self._weights = torch.tensor(weights)

    def loss(self, outputs: Any, labels: Tensor, items: Tensor) -> Tensor:
        """Cross entropy, each text with the weight of its class."""
        weights = None if self._weights is None else self._weights.to(labels.device)
        total = cross_entropy(outputs.logits.float(), labels, weight=weights, reduction="sum")
        return total / items


def as_polarities(source: Source) -> Source:
    """With the polarity that each label means in place of it.

    Raises:
        DataError: Names the row of a label that means none.
    """
    known = known_values(sorted({str(one.label) for one in source.examples}))
    found = []
    for one in source.examples:
        if str(one.label) not in known:
            raise DataError(
                f"{source.where(one)}: the label is none of {', '.join(Polarity)} and no known "
                "name for one, as `Positive` or `4 stars`; correct it, or name the column of the "
                "labels with --label"
            )
        found.append(replace(one, label=str(polarity_of(known[str(one.label)]))))
    return replace(source, examples=found)


def as_classes(sources: Sequence[Source], allowed: Sequence[str]) -> list[Source]:
    """With each label spelled as it was first, whatever its case.

    Args:
        sources: Of all texts.
        allowed: The only labels that there may be; none for whatever there is.

    Raises:
        DataError: Names the row of a label that is none of these.
    """
    spelled = {label.casefold(): label for label in allowed}
    return [replace(one, examples=list(_spelled(one, spelled, bool(allowed)))) for one in sources]


def _spelled(source: Source, spelled: dict[str, str], is_closed: bool) -> Iterator[Example]:
    for one in source.examples:
        label = str(one.label)
        if is_closed and label.casefold() not in spelled:
            raise DataError(
                f"{source.where(one)}: the label is none of {', '.join(spelled.values())}; "
                "correct it, or add it to --labels"
            )
        yield replace(one, label=spelled.setdefault(label.casefold(), label))


def check_classes(sources: Sequence[Source]) -> list[str]:
    """The labels of all texts, sorted.

    Raises:
        DataError: If there is only one, or so many that they are hardly labels.
    """
    examples = [one for source in sources for one in source.examples]
    labels = sorted({str(one.label) for one in examples})
    first = sources[0].where(sources[0].examples[0])
    if len(labels) < 2:
        raise DataError(
            f"{first}, and in all other rows: the same label, of which nothing can be learned; add "
            "texts of another class"
        )
    if len(labels) > 2 and len(labels) > _MOST_LABELS * len(examples):
        raise DataError(
            f"{first}, and in the other rows: {len(labels):,} labels in {len(examples):,} texts, "
            "so that hardly one comes twice; name the column of the labels with --label, or label "
            "more"
        )
    return labels
