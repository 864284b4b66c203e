"""Question answering: the span of a document that answers each question of the run.

The behaviour is that of the `question-answering` pipeline of Transformers 4.57.6 (gone from 5) with
its defaults, for tokenizers that pad on the right. Two things about its scores are kept as they
were: candidates that read the same are one answer with their scores added up, also those of
overlapping windows, so that the score of an answer can exceed 1; and the answer stands where the
first of them stood.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding
from transformers import AutoModelForQuestionAnswering

from schema.catalog import Catalog
from schema.document import Document
from schema.options import RunOptions
from schema.results import Result
from schema.results.answer import Answer
from workers.analysis import Window
from workers.classification.analysis import EncoderAnalysis
from workers.encoders.encoder import load_encoder
from workers.encoders.precision_trial import ANSWERS
from workers.errors import DocumentError
from workers.spans.answer_spans import CANDIDATES, MAX_ANSWER, Logits

#: Tokens of a window: question, context and special tokens.
MAX_WINDOW = 384
#: Tokens by which two windows of a context overlap.
MAX_OVERLAP = 128

_CONTEXT = 1  # the context is the second sequence of the pair


@dataclass(frozen=True, slots=True)
class Passage:
    """One question (by its place in the run's options) with a window of the context."""

    question: int
    encoding: Encoding


class QaAnalysis(EncoderAnalysis):
    """Extractive question answering; see `Analysis` for the contract."""

    name = "qa"

    def __init__(self, catalog: Catalog, device: str) -> None:
        """Load the model of the catalog's [qa]."""
        entry = catalog.entry(self.name)
        self._encoder = load_encoder(entry, AutoModelForQuestionAnswering, device, ANSWERS)
        self._loaded = self._encoder.loaded
        self._max_window = min(self._loaded.max_length, MAX_WINDOW)

    def prepare(
        self, documents: Sequence[Document], options: RunOptions
    ) -> list[list[Window] | DocumentError]:
        """Windows of every question with every document; a document's follow the questions."""
        prepared: list[list[Window] | DocumentError] = [[] for _ in documents]
        for number, question in enumerate(options.questions):
            for place, passages in enumerate(self._passages(number, question, documents)):
                windows = prepared[place]
                if isinstance(passages, DocumentError):
                    prepared[place] = passages
                elif not isinstance(windows, DocumentError):
                    windows += (Window(len(passage.encoding), passage) for passage in passages)
        return prepared

    def _passages(
        self, number: int, question: str, documents: Sequence[Document]
    ) -> list[list[Passage] | DocumentError]:
        tokenizer = self._loaded.tokenizer
        asked = len(tokenizer(question, add_special_tokens=False)["input_ids"])
        room = self._max_window - asked - tokenizer.num_special_tokens_to_add(pair=True)
        too_long = DocumentError(
            f"question {number + 1} of the run has {asked} tokens, which leaves no room for the "
            f"document in the {self._max_window} that the model reads at once: ask it shorter"
        )
        if room < 1 or not documents:
            return [too_long for _ in documents]
        # Where the question leaves no room for the usual overlap, the pipeline gave up.
        overlap = min(self._max_window // 2, MAX_OVERLAP)
        encoded = tokenizer(
            [question] * len(documents),
            [document.text for document in documents],
            truncation="only_second",
            max_length=self._max_window,
            stride=overlap if overlap < room else room // 2,
            return_overflowing_tokens=True,
        )
        passages: list[list[Passage]] = [[] for _ in documents]
        places = encoded["overflow_to_sample_mapping"]
        for place, encoding in zip(places, encoded.encodings, strict=True):
            passages[place].append(Passage(number, encoding))
        return [
            too_long if room < MAX_ANSWER and len(windows) > 1 else windows for windows in passages
        ]

    def forward(self, windows: Sequence[Window], on_progress: Callable[[], None]) -> list[Logits]:
        """For each window the logits of start and end, (2, tokens), float32."""
        # (tokens of all windows, 2)
        encodings = [window.features.encoding for window in windows]
        logits = self._encoder.forward(encodings, on_progress)
        ends = np.cumsum([window.length for window in windows])
        return [row.T for row in np.split(logits, ends[:-1])]

    def assemble(
        self,
        document: Document,
        windows: Sequence[Window],
        outputs: Sequence[Any],
        options: RunOptions,
    ) -> list[Result]:
        """An answer for each question, in the order of the options."""
        passages: list[list[tuple[Encoding, Logits]]] = [[] for _ in options.questions]
        for window, logits in zip(windows, outputs, strict=True):
            passages[window.features.question].append((window.features.encoding, logits))
        cls = self._loaded.tokenizer.cls_token_id
        return [
            _answer(question, document.text, read, cls)
            for question, read in zip(options.questions, passages, strict=True)
        ]


def _answer(
    question: str, text: str, passages: Sequence[tuple[Encoding, Logits]], cls: int | None
) -> Answer:
    """The best span of all windows; an empty one with score 0 where no token can be an answer."""
    found: dict[str, tuple[int, int, float]] = {}
    for encoding, logits in passages:
        for first, last, score in _candidates(logits, _allowed(encoding, cls)):
            start, end = _characters(encoding, first, last)
            reads = text[start:end].lower()
            start, end, earlier = found.get(reads, (start, end, 0.0))
            found[reads] = (start, end, earlier + score)
    start, end, score = max(found.values(), key=lambda span: span[2], default=(0, 0, 0.0))
    return Answer(question, text[start:end], start, end, score, windows=len(passages))


def _allowed(encoding: Encoding, cls: int | None) -> npt.NDArray[np.bool_]:
    """The tokens that share in the probability: the context, and [CLS] for "no answer"."""
    owners = zip(encoding.sequence_ids, encoding.ids, strict=True)
    return np.array(
        [owner == _CONTEXT or (owner is None and token == cls) for owner, token in owners]
    )


def _candidates(logits: Logits, allowed: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int, float]]:
    """The likeliest spans of a window as (first token, last token, probability), best first.

    The probability of a span is that of its first token being the start times that of its last
    token being the end, each a softmax over the allowed tokens of the window.
    """
    if not allowed.any():
        return
    starts, ends = (_probabilities(row, allowed) for row in logits)
    padded = np.concatenate((ends, np.zeros(MAX_ANSWER - 1, dtype=ends.dtype)))
    # (tokens, MAX_ANSWER): row i holds the spans that begin at token i.
    spans = starts[:, None] * np.lib.stride_tricks.sliding_window_view(padded, MAX_ANSWER)
    scores = spans.ravel()
    best = np.argpartition(scores, -CANDIDATES)[-CANDIDATES:]
    for index in best[np.argsort(-scores[best], kind="stable")]:
        if scores[index] > 0:
            first, further = divmod(int(index), MAX_ANSWER)
            yield first, first + further, float(scores[index])


def _probabilities(logits: Logits, allowed: npt.NDArray[np.bool_]) -> Logits:
    masked = np.where(allowed, logits, -np.inf)
    weights: Logits = np.exp(masked - masked.max())
    weights /= weights.sum()
    weights[0] = 0  # "no answer" has its share of the probability but is never given
    return weights


def _characters(encoding: Encoding, first: int, last: int) -> tuple[int, int]:
    """The characters of a span of tokens, widened to whole words where the tokens are of words."""
    words = encoding.token_to_word(first), encoding.token_to_word(last)
    if words[0] is not None and words[1] is not None:
        start = encoding.word_to_chars(words[0], _CONTEXT)
        end = encoding.word_to_chars(words[1], _CONTEXT)
        if start and end:
            return int(start[0]), int(end[1])
    return int(encoding.offsets[first][0]), int(encoding.offsets[last][1])
