"""Learning to find what texts name: each token begins an entity, goes on with one, or neither."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import AutoModelForTokenClassification, PreTrainedTokenizerBase

from schema.catalog import EntryOptions
from workers.calibrate.examples import DataError, Example
from workers.train.sources import Source
from workers.train.tasks.task import IGNORED, Task

#: Two windows of a long text share a quarter of their tokens, as when a model serves.
_OVERLAP = 4


class EntityTask(Task):
    """Each token has a label, `O`, `B-TYPE` or `I-TYPE`; see `Task`.

    Args:
        types: Of the entities.
    """

    auto_model_class = AutoModelForTokenClassification
    metric = "F1"
    is_of_tokens = True

    def __init__(self, types: Sequence[str]) -> None:
        self._types = tuple(types)
        self.labels = ("O", *(f"{tag}-{kind}" for kind in types for tag in "BI"))
        self._number = {label: number for number, label in enumerate(self.labels)}

    @property
    def names(self) -> Sequence[str]:
        """The types."""
        return self._types

    def labels_of(self, example: Example) -> Sequence[str]:
        """The types of its entities, each once."""
        return sorted({str(one["type"]) for one in example.label})

    def stratum(self, example: Example) -> bool:
        """Whether it has any."""
        return bool(example.label)

    def features(
        self, examples: Sequence[Example], tokenizer: PreTrainedTokenizerBase, max_length: int
    ) -> list[dict[str, Any]]:
        """Windows of all texts, each with a label for every token but the special ones."""
        encoded = tokenizer(
            [one.text for one in examples],
            truncation=True,
            max_length=max_length,
            stride=max_length // _OVERLAP,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            return_special_tokens_mask=True,
        )
        rows = []
        for row, example in enumerate(encoded["overflow_to_sample_mapping"]):
            offsets, special = encoded["offset_mapping"][row], encoded["special_tokens_mask"][row]
            labels = list(self._labels(examples[example], offsets))
            numbers = [
                IGNORED if is_special else self._number[label]
                for label, is_special in zip(labels, special, strict=True)
            ]
            inputs = {
                name: encoded[name][row] for name in tokenizer.model_input_names if name in encoded
            }
            rows.append(inputs | {"labels": numbers})
        return rows

    def _labels(self, example: Example, offsets: Sequence[tuple[int, int]]) -> Iterator[str]:
        for start, end in offsets:
            # Some tokenizers count the space in front of a word with it.
            while start < end and example.text[start].isspace():
                start += 1
            inside = (one for one in example.label if start < one["end"] and end > one["start"])
            entity = next(inside, None)
            if entity is None or start >= end:
                yield "O"
            else:
                yield f"{'B' if start <= entity['start'] else 'I'}-{entity['type']}"

    def loss(self, outputs: Any, labels: Tensor, items: Tensor) -> Tensor:
        """Cross entropy of all tokens."""
        logits = outputs.logits.float().flatten(end_dim=1)
        total = cross_entropy(logits, labels.flatten(), ignore_index=IGNORED, reduction="sum")
        return total / items

    @property
    def options(self) -> EntryOptions:
        """A word has the label of its first token."""
        return EntryOptions(aggregation="first")


def check_entities(sources: Sequence[Source]) -> list[str]:
    """The types of all entities, sorted.

    Raises:
        DataError: Names the row of entities that overlap; or if there is none at all.
    """
    types: set[str] = set()
    for source in sources:
        for one in source.examples:
            end = 0
            for entity in sorted(one.label, key=lambda entity: int(entity["start"])):
                if entity["start"] < end:
                    raise DataError(
                        f"{source.where(one)}: two entities overlap, and a token has one label; "
                        "keep the longer one"
                    )
                end = entity["end"]
                types.add(str(entity["type"]))
    if not types:
        raise DataError(
            f"{sources[0].where(sources[0].examples[0])}, and in all other rows: no entity, so "
            "that nothing can be learned; mark some"
        )
    return sorted(types)
