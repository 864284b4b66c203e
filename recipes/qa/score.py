"""Reads answers off span logits as the question-answering pipeline does, and scores them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from transformers import DistilBertForQuestionAnswering, PreTrainedTokenizerBase

from recipes.batching import pad
from recipes.qa.documents import Question

LONGEST_ANSWER = 15


@dataclass(frozen=True, slots=True)
class Answer:
    """The best span of a text, its probability, and the probability that there is none."""

    text: str
    start: int
    end: int
    score: float
    null_score: float


def answer(
    model: DistilBertForQuestionAnswering,
    tokenizer: PreTrainedTokenizerBase,
    questions: Sequence[str],
    texts: Sequence[str],
) -> list[Answer]:
    """The best answer of at most 15 tokens to each question; texts are cut at the window's end.

    Probabilities are over the text's tokens and [CLS], which stands for "no answer" (Rajpurkar et
    al. 2018, arXiv:1806.03822).
    """
    found: list[Answer] = []
    for first in range(0, len(texts), 32):
        part = slice(first, first + 32)
        encoded = tokenizer(
            list(questions[part]), list(texts[part]), truncation="only_second",
            return_offsets_mapping=True,
        )  # fmt: skip
        ids = pad(encoded["input_ids"], tokenizer.pad_token_id)
        with torch.inference_mode():
            out = model(input_ids=ids, attention_mask=(ids != tokenizer.pad_token_id).long())
        for row, text in enumerate(texts[part]):
            in_text = [
                index for index, part_of in enumerate(encoded.sequence_ids(row)) if part_of == 1
            ]
            low, high = in_text[0], in_text[-1] + 1
            starts, ends = (
                torch.cat([logits[row, :1], logits[row, low:high]]).softmax(0)
                for logits in (out.start_logits, out.end_logits)
            )
            product = (starts[1:, None] * ends[None, 1:]).triu().tril(LONGEST_ANSWER - 1)
            best = int(product.argmax())
            start, end = divmod(best, high - low)
            offsets = encoded["offset_mapping"][row]
            begin, stop = offsets[low + start][0], offsets[low + end][1]
            null = float(starts[0] * ends[0])
            found.append(Answer(text[begin:stop], begin, stop, float(product.max()), null))
    return found


def is_right(answer: str, want: str) -> bool:
    """Whether `answer` says `want`: shares most words with it (token F1, as in SQuAD, of 0.5)."""
    got, expected = _words(answer), _words(want)
    common = len(got & expected)
    return common > 0 and 2 * common / (len(got) + len(expected)) >= 0.5


def score_questions(
    model: DistilBertForQuestionAnswering,
    tokenizer: PreTrainedTokenizerBase,
    asked: Sequence[Question],
) -> dict[str, float]:
    """Share of answerable questions answered right and exactly, and of others found to be so."""
    answers = answer(model, tokenizer, [q.question for q in asked], [q.text for q in asked])
    right, exact, silent = [], [], []
    for question, given in zip(asked, answers, strict=True):
        if question.answer:
            gold = question.text[question.answer.start : question.answer.end]
            right.append(is_right(given.text, gold))
            exact.append((given.start, given.end) == (question.answer.start, question.answer.end))
        else:
            silent.append(given.null_score > given.score)
    return {
        "right": sum(right) / max(1, len(right)),
        "exact": sum(exact) / max(1, len(exact)),
        "no answer found": sum(silent) / max(1, len(silent)),
    }


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower())) - {"a", "an", "the", "to", "please"}
