"""Passages: a question with a window of a document, as question-answering models read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Encoding
from transformers import PreTrainedTokenizerBase

from workers.errors import DocumentError
from workers.spans.answer_spans import AnswerRules

#: Tokens of a passage: question, document and special tokens.
MAX_WINDOW = 384
#: Tokens by which two windows of a document overlap.
MAX_OVERLAP = 128


@dataclass(frozen=True, slots=True)
class Passage:
    """One question (by its place in the run's options) with a window of the document: a row."""

    question: int
    encoding: Encoding

    @property
    def ids(self) -> list[int]:
        """Token ids, special tokens included."""
        return self.encoding.ids

    @property
    def type_ids(self) -> list[int]:
        """Which tokens are the question's, and which the document's."""
        return self.encoding.type_ids


def asks_first(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Whether the question stands before the document: not where a tokenizer pads on the left, as
    that of XLNet does (`QuestionAnsweringPipeline.preprocess`).
    """
    return bool(tokenizer.padding_side == "right")


def passages_of(
    number: int,
    question: str,
    texts: Sequence[str],
    tokenizer: PreTrainedTokenizerBase,
    max_length: int,
) -> list[list[Passage] | DocumentError]:
    """Tokenise a question with each of some texts.

    Args:
        number: The question's place in the run's options.
        question: Any text.
        texts: Of documents.
        tokenizer: A fast one.
        max_length: Tokens of a passage: question, document and special tokens.

    Returns:
        For each text the passages that cover it, or the error of a question that is too long.
    """
    asked = len(tokenizer(question, add_special_tokens=False)["input_ids"])
    room = max_length - asked - tokenizer.num_special_tokens_to_add(pair=True)
    too_long = DocumentError(
        f"question {number + 1} of the run has {asked} tokens, which leaves no room for the "
        f"document in the {max_length} that the model reads at once: ask it shorter"
    )
    if room < 1 or not texts:
        return [too_long for _ in texts]
    # Where the question leaves no room for the usual overlap, the pipeline gave up.
    overlap = min(max_length // 2, MAX_OVERLAP)
    pair = [question] * len(texts), list(texts)
    question_first = asks_first(tokenizer)
    encoded = tokenizer(
        *(pair if question_first else reversed(pair)),
        truncation="only_second" if question_first else "only_first",
        max_length=max_length,
        stride=overlap if overlap < room else room // 2,
        return_overflowing_tokens=True,
    )
    passages: list[list[Passage]] = [[] for _ in texts]
    indices = encoded["overflow_to_sample_mapping"]
    for index, encoding in zip(indices, encoded.encodings, strict=True):
        passages[index].append(Passage(number, encoding))
    return [
        too_long if room < AnswerRules().longest and len(of_text) > 1 else of_text
        for of_text in passages
    ]
