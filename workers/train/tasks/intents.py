"""Learning which intents a text has: one, several, or none of the five."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits
from transformers import AutoModelForSequenceClassification, PreTrainedTokenizerBase

from schema.intents import Intent, join_intents, split_intents
from workers.calibrate.examples import DataError, Example
from workers.calibrate.intent_sample import intents_of
from workers.train.sources import Source
from workers.train.tasks.task import Task

#: An intent weighs no more than this: of a few texts that have it nothing more can be learned.
_MOST_WEIGHT = 20.0


class IntentTask(Task):
    """A text may have several labels; see `Task`.

    Args:
        labels: The intents that some text has.
    """

    auto_model_class = AutoModelForSequenceClassification
    problem = "multi_label_classification"
    metric = "macro F1"

    def __init__(self, labels: Sequence[str]) -> None:
        self.labels = tuple(labels)
        self._weights: Tensor | None = None

    def stratum(self, example: Example) -> str:
        """All intents of it."""
        return str(example.label)

    def labels_of(self, example: Example) -> Sequence[str]:
        """Its intents."""
        return sorted(split_intents(example.label))

    def features(
        self, examples: Sequence[Example], tokenizer: PreTrainedTokenizerBase, max_length: int
    ) -> list[dict[str, Any]]:
        """The first window of each text, with a number for each intent, 1 where it has it."""
        rows = self.first_windows(examples, tokenizer, max_length)
        labels = [self._numbers(one) for one in examples]
        return [row | {"labels": label} for row, label in zip(rows, labels, strict=True)]

    def _numbers(self, example: Example) -> list[float]:
        said = split_intents(example.label)
        return [float(label in said) for label in self.labels]

    def weigh(self, examples: Sequence[Example]) -> None:
        """Texts without an intent over those with it."""
        counts = torch.tensor([self._numbers(one) for one in examples]).sum(dim=0)
        self._weights = ((len(examples) - counts) / counts.clamp(min=1)).clamp(1, _MOST_WEIGHT)

    def loss(self, outputs: Any, labels: Tensor, items: Tensor) -> Tensor:
        """Binary cross entropy of each intent by itself."""
        weights = None if self._weights is None else self._weights.to(labels.device)
        total = binary_cross_entropy_with_logits(
            outputs.logits.float(), labels, pos_weight=weights, reduction="sum"
        )
        return total / items


def as_intents(source: Source) -> Source:
    """With the intents of each text as one label, in the order of `Intent`.

    Raises:
        DataError: Names the row of what is no intent.
    """
    found = []
    for one in source.examples:
        try:
            said = intents_of(one)
        except DataError:
            raise DataError(
                f"{source.where(one)}: not only names of {', '.join(Intent)} or none, with commas "
                "between; correct it, or name the column with --label"
            ) from None
        found.append(replace(one, label=join_intents(said)))
    return replace(source, examples=found)


def check_intents(sources: Sequence[Source]) -> list[str]:
    """The intents that some texts have and others have not, in the order of `Intent`.

    Raises:
        DataError: If there is none.
    """
    said = [split_intents(one.label) for source in sources for one in source.examples]
    found = [str(one) for one in Intent if 0 < sum(one in each for each in said) < len(said)]
    if not found:
        raise DataError(
            f"{sources[0].where(sources[0].examples[0])}, and in all other rows: the same intents, "
            "of which nothing can be learned; add texts that have others, or none"
        )
    return found
