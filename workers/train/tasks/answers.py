"""Learning to answer questions: where in the text the answer begins, and where it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from tokenizers import Encoding
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import AutoModelForQuestionAnswering, PreTrainedTokenizerBase

from schema.catalog import EntryOptions
from workers.calibrate.examples import DataError, Example
from workers.errors import DocumentError
from workers.spans.passages import asks_first, passages_of
from workers.train.sources import Source
from workers.train.tasks.task import Task

#: Tokens that a word may have, in what an answer may be long; and the bounds of that.
_TOKENS_A_WORD = 2
_LEAST_LENGTH, _MOST_LENGTH = 15, 100


class AnswerTask(Task):
    """A text is asked a question, whose answer stands in it, or there is none; see `Task`.

    Args:
        examples: All of them, as `as_answers` makes them.
    """

    auto_model_class = AutoModelForQuestionAnswering
    metric = "F1"

    def __init__(self, examples: Sequence[Example]) -> None:
        self._may_be_none = any(not one.label for one in examples)
        words = max((len(one.label[0].split()) for one in examples if one.label), default=0)
        self._longest = min(max(words * _TOKENS_A_WORD, _LEAST_LENGTH), _MOST_LENGTH)

    def labels_of(self, example: Example) -> Sequence[str]:
        """None: answers are no classes."""
        return ()

    def stratum(self, example: Example) -> bool:
        """Whether there is an answer."""
        return bool(example.label)

    def features(
        self, examples: Sequence[Example], tokenizer: PreTrainedTokenizerBase, max_length: int
    ) -> list[dict[str, Any]]:
        """Windows as a model reads them when it serves, each with the first and the last token of
        the answer; where it is not in the window, both are the first of all, which says so.
        """
        rows = []
        for example in examples:
            (passages,) = passages_of(0, example.question, [example.text], tokenizer, max_length)
            if isinstance(passages, DocumentError):
                raise DataError(
                    f"a question has more tokens than the {max_length} that are learned from leave "
                    "for it; give more with --max-length, or ask it shorter"
                )
            for passage in passages:
                encoding = passage.encoding
                inputs = {
                    "input_ids": encoding.ids,
                    "attention_mask": encoding.attention_mask,
                    "token_type_ids": encoding.type_ids,
                }
                own = {name: inputs[name] for name in tokenizer.model_input_names if name in inputs}
                rows.append(own | {"labels": _tokens(example, encoding, tokenizer)})
        return rows

    def loss(self, outputs: Any, labels: Tensor, items: Tensor) -> Tensor:
        """The mean of the cross entropies of beginning and end."""
        logits = torch.stack((outputs.start_logits, outputs.end_logits), dim=1).float()
        return cross_entropy(logits.flatten(end_dim=1), labels.flatten(), reduction="sum") / items

    @property
    def options(self) -> EntryOptions:
        """Whether there may be none, and how long one may be."""
        return EntryOptions(
            handle_impossible_answer=self._may_be_none, max_answer_len=self._longest
        )


def _tokens(example: Example, encoding: Encoding, tokenizer: PreTrainedTokenizerBase) -> list[int]:
    """The first and the last token of the answer; twice that of the class where it is not here."""
    none = [encoding.ids.index(tokenizer.cls_token_id)] * 2
    if not example.label:
        return none
    start = example.starts[0]
    end = start + len(example.label[0])
    inside = [
        index
        for index, (sequence, (first, last)) in enumerate(
            zip(encoding.sequence_ids, encoding.offsets, strict=True)
        )
        if sequence == int(asks_first(tokenizer)) and first < end and last > start
    ]
    if not inside:
        return none
    begins, ends = encoding.offsets[inside[0]], encoding.offsets[inside[-1]]
    # Half an answer is none.
    return [inside[0], inside[-1]] if begins[0] <= start and ends[1] >= end else none


def as_answers(source: Source) -> Source:
    """With a list of answers and where each begins: where the file does not say, at the first place
    in the text.

    Raises:
        DataError: Names the row of an answer that is not there.
    """
    return replace(source, examples=[_placed(source, one) for one in source.examples])


def _placed(source: Source, example: Example) -> Example:
    if not example.question.strip():
        raise DataError(
            f"{source.name} line {example.line}: no question; write it, or leave it out"
        )
    given = example.label if isinstance(example.label, list) else [example.label]
    answers = [str(one) for one in given if one not in (None, "")]
    starts = list(example.starts) if len(example.starts) == len(answers) else []
    for number, answer in enumerate(answers):
        start = starts[number] if starts else example.text.find(answer)
        if start < 0 or example.text[start : start + len(answer)] != answer:
            raise DataError(
                f"{source.where(example)}: the answer does not stand "
                + ("where `start` says" if starts else "in its text")
                + "; copy it from there, and count characters from 0"
            )
    found = starts or [example.text.find(answer) for answer in answers]
    return replace(example, label=answers, starts=tuple(found))
