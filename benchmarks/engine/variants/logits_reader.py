"""What the logits of an encoder say of a document, for engines that end with logits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.engine.variants.padded_qa import said_of, windows
from benchmarks.engine.workload import Said
from schema.document import Document
from workers.classification.classifier import softmax
from workers.classification.excerpt import text_of
from workers.spans.aggregation import EntityAggregation, TokenPredictions


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a batch.

    Attributes:
        place: Of its document.
        ids: Tokens, special ones included.
        encoding: As the tokenizer gave it.
    """

    place: int
    ids: list[int]
    encoding: Any


class Reader:
    """Makes rows of documents, and what is said of them of the rows' logits.

    Args:
        analysis: `sentiment`, `entities` or `qa`.
        config: Of the model.
        tokenizer: Its own.
    """

    def __init__(self, analysis: str, config: Any, tokenizer: Any) -> None:
        self._analysis = analysis
        self._labels = config.id2label
        self._tokenizer = tokenizer

    def rows(self, documents: Sequence[Document]) -> list[Line]:
        """One for a document, cut at the window as the pipelines cut it; windows for questions."""
        if self._analysis == "qa":
            return [
                Line(place, encoding.ids, encoding)
                for place, document in enumerate(documents)
                for encoding in windows(self._tokenizer, document.text)
            ]
        texts = [document.text for document in documents]
        encodings = self._tokenizer(texts, truncation=True).encodings
        return [Line(place, each.ids, each) for place, each in enumerate(encodings)]

    def said(
        self, documents: Sequence[Document], rows: Sequence[Line], logits: Sequence[Any]
    ) -> list[Said]:
        """Of each document.

        Args:
            documents: All of them.
            rows: As `rows` made them.
            logits: Of each row: (classes), or (tokens, classes) with padding behind.
        """
        if self._analysis == "sentiment":
            return [self._labels[int(each.argmax())] for each in logits]
        if self._analysis == "qa":
            pairs = [
                (row.place, row.encoding, each[: len(row.ids)].T)
                for row, each in zip(rows, logits, strict=True)
            ]
            return said_of(documents, pairs, self._tokenizer.cls_token_id)
        return [self._entities(row, each) for row, each in zip(rows, logits, strict=True)]

    def _entities(self, row: Line, logits: Any) -> Said:
        begin, end = text_of(row.encoding)
        scores = softmax(logits[begin:end])
        grouping = EntityAggregation([self._labels[number] for number in range(len(self._labels))])
        judged = TokenPredictions(scores.argmax(-1), scores.max(-1), scores)
        spans = grouping.spans(judged)
        offsets = row.encoding.offsets[begin:end]
        return tuple((span.kind, offsets[span.first][0], offsets[span.last][1]) for span in spans)
