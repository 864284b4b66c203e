"""The precision trial: an encoder in bf16 against itself in fp32, on texts like real ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt
from transformers import PreTrainedTokenizerBase

from workers.encoders.interface import EncoderForward, Floats, Row
from workers.models.precision import PrecisionTrial
from workers.text.precision_texts import QUESTIONS, texts

#: Tokens of a batch.
_BATCH = 1024
#: Seconds after which a trial ends, and labels that must have been compared by then.
_SECONDS, _ENOUGH = 5.0, 200

Labels = Callable[[Floats, Sequence[int]], npt.NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class TrialInputs:
    """The inputs of a trial, and the labels that it compares.

    Attributes:
        rows: The function from a tokenizer and the tokens of a window to rows.
        labels: The function from logits and the tokens of each row to what must be the same.
    """

    rows: Callable[[PreTrainedTokenizerBase, int], list[Row]]
    labels: Labels


def compare(
    exact: EncoderForward, half: EncoderForward, rows: Sequence[Row], labels: Labels
) -> PrecisionTrial:
    """Run both forwards in turns, so that what else the machine does slows both alike."""
    speedups: list[float] = []
    equal: list[npt.NDArray[np.bool_]] = []
    compared, began = 0, time.monotonic()
    for number, batch in enumerate(_batches(rows)):
        if number == 0:  # whatever is set up at the first call is none of its cost
            exact(batch)
            half(batch)
        lengths = [len(row.ids) for row in batch]
        (slow, expected), (quick, given) = _timed(exact, batch), _timed(half, batch)
        speedups.append(slow / quick)
        equal.append(labels(expected, lengths) == labels(given, lengths))
        compared += equal[-1].size
        if time.monotonic() - began > _SECONDS and compared >= _ENOUGH:
            break
    return PrecisionTrial(median(speedups), float(np.concatenate(equal).mean()))


def _timed(forward: EncoderForward, batch: Sequence[Row]) -> tuple[float, Floats]:
    began = time.perf_counter()
    logits = forward(batch)
    return time.perf_counter() - began, logits


def _batches(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Cut rows into batches in their order; each has all languages and many lengths."""
    batch: list[Row] = []
    tokens = 0
    for row in rows:
        batch.append(row)
        tokens += len(row.ids)
        if tokens >= _BATCH:
            yield batch
            batch, tokens = [], 0
    if batch:
        yield batch


def _texts(tokenizer: Any, window: int) -> list[Row]:
    return list(tokenizer(texts(), truncation=True, max_length=window).encodings)


def _questions(tokenizer: Any, window: int) -> list[Row]:
    read = texts()
    questions = [question for question, _ in zip(cycle(QUESTIONS), read, strict=False)]
    encoded = tokenizer(questions, read, truncation="only_second", max_length=window)
    return list(encoded.encodings)


def _best_classes(logits: Floats, lengths: Sequence[int]) -> npt.NDArray[np.int64]:
    best: npt.NDArray[np.int64] = logits.argmax(axis=-1)
    return best


def _best_ends(logits: Floats, lengths: Sequence[int]) -> npt.NDArray[np.int64]:
    """The likeliest first and last token of an answer, (rows, 2)."""
    return np.array([row.argmax(axis=0) for row in np.split(logits, np.cumsum(lengths)[:-1])])


#: Inputs for models that classify rows or tokens.
CLASSES = TrialInputs(_texts, _best_classes)
#: Inputs for models that find answers.
ANSWERS = TrialInputs(_questions, _best_ends)
