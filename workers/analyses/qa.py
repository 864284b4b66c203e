"""Question answering: the span of a document that answers each question of the run.

The behaviour is that of the `question-answering` pipeline of Transformers 4.57.6 (gone from 5) with
its defaults.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy.typing as npt
from tokenizers import Encoding
from transformers import AutoModelForQuestionAnswering

from schema.catalog import Catalog
from schema.document import Document
from schema.options import RunOptions
from schema.results import Result
from schema.results.answer import Answer
from workers.analysis import Window
from workers.encoders.precision_trial import ANSWERS
from workers.errors import DocumentError
from workers.models.registry import ModelRegistry
from workers.spans.analysis import SpanAnalysis
from workers.spans.answer_spans import AnswerRules, Logits, best_span
from workers.spans.passages import MAX_WINDOW, Passage, asks_first, passages_of


class QaAnalysis(SpanAnalysis):
    """Extractive question answering; see `SpanAnalysis`."""

    name = "qa"
    auto_model_class = AutoModelForQuestionAnswering
    compared = ANSWERS

    def __init__(self, catalog: Catalog, device: str, models: ModelRegistry | None = None) -> None:
        """Load the model of the catalog's [qa]."""
        super().__init__(catalog, device, models)
        self._max_window = min(self._loaded.max_length, MAX_WINDOW)
        options = catalog.entry(self.name).options
        self._rules = AnswerRules(
            longest=options.max_answer_len,
            may_be_none=options.handle_impossible_answer,
            none_from=options.no_answer_threshold,
            by_words=options.align_to_words,
            context=int(asks_first(self._loaded.tokenizer)),
        )

    def prepare(
        self, documents: Sequence[Document], options: RunOptions
    ) -> list[list[Window] | DocumentError]:
        """Windows of every question with every document; a document's follow the questions."""
        texts = [document.text for document in documents]
        prepared: list[list[Window] | DocumentError] = [[] for _ in documents]
        for number, question in enumerate(options.questions):
            asked = passages_of(number, question, texts, self._loaded.tokenizer, self._max_window)
            for index, passages in enumerate(asked):
                windows = prepared[index]
                if isinstance(passages, DocumentError):
                    prepared[index] = passages
                elif not isinstance(windows, DocumentError):
                    windows += (Window(len(passage.encoding), passage) for passage in passages)
        return prepared

    def key_parts(self, document: Document, options: RunOptions) -> Sequence[str]:
        """The questions."""
        return options.questions

    def spans(
        self,
        document: Document,
        predictions: Sequence[tuple[Passage, tuple[npt.NDArray[Any], ...]]],
        options: RunOptions,
    ) -> list[Result]:
        """An answer for each question, in the order of the options."""
        read: list[list[tuple[Encoding, Logits]]] = [[] for _ in options.questions]
        for passage, (logits,) in predictions:
            read[passage.question].append((passage.encoding, logits))
        cls = self._loaded.tokenizer.cls_token_id
        found = []
        for question, windows in zip(options.questions, read, strict=True):
            start, end, score = best_span(document.text, windows, cls, self._rules)
            unsure = end > 0 and score < self.calibration.threshold
            if unsure:
                # What is likely wrong is not said; its score tells how near it was.
                start = end = 0
            answer = document.text[start:end]
            found.append(Answer(question, answer, start, end, score, len(windows), unsure))
        return [*found]
