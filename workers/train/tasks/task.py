"""A task: what makes labelled texts of one kind something that a model learns from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from torch import Tensor
from transformers import PreTrainedTokenizerBase

from schema.catalog import EntryOptions
from workers.calibrate.examples import Example

#: Tokens that no loss is computed of.
IGNORED = -100


class Task(ABC):
    """What a model learns. It is made of all labelled texts, which it checks.

    Attributes:
        auto_model_class: Of Transformers, with the head that the task needs.
        problem: The `problem_type` of the model's configuration; None where it has none.
        metric: The score of `triage evaluate` by which the best checkpoint is chosen.
        labels: In the order of the model's outputs; none of a model that gives no labels.
        is_of_tokens: Whether each token has a label.
    """

    auto_model_class: ClassVar[Any]
    problem: ClassVar[str | None] = None
    metric: ClassVar[str]
    labels: Sequence[str] = ()
    is_of_tokens: ClassVar[bool] = False

    @abstractmethod
    def stratum(self, example: Example) -> Any:
        """What has to be in both parts when texts are split: the class, say."""

    @abstractmethod
    def features(
        self, examples: Sequence[Example], tokenizer: PreTrainedTokenizerBase, max_length: int
    ) -> list[dict[str, Any]]:
        """Rows of tokens with `labels`; of a text one, or as many as it needs."""

    @staticmethod
    def first_windows(
        examples: Sequence[Example], tokenizer: PreTrainedTokenizerBase, max_length: int
    ) -> list[dict[str, Any]]:
        """Of each text the row of tokens that a model reads of it at once, without `labels`."""
        encoded = tokenizer(
            [one.text for one in examples], truncation=True, max_length=max_length, padding=False
        )
        return [{name: encoded[name][row] for name in encoded} for row in range(len(examples))]

    @abstractmethod
    def loss(self, outputs: Any, labels: Tensor, items: Tensor) -> Tensor:
        """The mean loss of a batch.

        Args:
            outputs: Of the model.
            labels: As `features` has them, padded with `IGNORED`.
            items: Labels of the batch, of all processes together, that are not ignored.
        """

    @property
    def names(self) -> Sequence[str]:
        """What people count texts by: the labels."""
        return self.labels

    def labels_of(self, example: Example) -> Sequence[str]:
        """Those of `names` that a text has."""
        return [str(example.label)]

    def weigh(self, examples: Sequence[Example]) -> None:
        """Let rare classes weigh more, as they are rare among these; without classes, nothing."""
        del examples

    @property
    def options(self) -> EntryOptions:
        """What the catalog has to say of the model, so that it is read as it was taught."""
        return EntryOptions()
