"""A small real analysis for tests of the engine: it counts characters, and can be told to fail.

It computes with torch and needs no checkpoint; what it fails on is written in the documents, as a
poisonous text would be.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from schema.document import Document
from schema.options import RunOptions
from schema.results import Abstention, Failure, Result
from schema.results.sentiment import Sentiment
from workers.analysis import Analysis, Provenance, Window
from workers.errors import DocumentError

WORD = 8


class CountingAnalysis(Analysis):
    """The label is the number of characters; windows are of `WORD` characters.

    Attributes:
        batches: The windows of every forward, in order, failed ones among them.
        errors: Raised in a stage when a text contains a word: (stage, word) to exception.
        memory: Padded tokens beyond which a forward is out of memory.
        tells: Times that each forward says that it gets on.
        packed: Whether it says that it computes without padding.
    """

    name = "sentiment"

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.errors: dict[tuple[str, str], Exception] = {}
        self.memory = 10**9
        self.budget = 10**9
        self.tells = 0
        self.packed = False

    @property
    def batch_tokens(self) -> int:
        return self.budget

    @property
    def packs(self) -> bool:
        return self.packed

    def provenance(self) -> list[Provenance]:
        return [Provenance("counting", "1", {})]

    def _fail(self, stage: str, texts: Sequence[str]) -> None:
        for (failing, word), error in self.errors.items():
            if failing == stage and any(word in text for text in texts):
                raise error

    def prepare(
        self, documents: Sequence[Document], options: RunOptions
    ) -> list[list[Window] | DocumentError]:
        self._fail("prepare", [document.text for document in documents])
        return [
            DocumentError("it says no") if document.text == "no" else _windows(document)
            for document in documents
        ]

    def forward(self, windows: Sequence[Window], on_progress: Callable[[], None]) -> list[int]:
        texts = [window.features for window in windows]
        self.batches.append(texts)
        for _ in range(self.tells):
            on_progress()
        if len(windows) * max(window.length for window in windows) > self.memory:
            raise torch.OutOfMemoryError(f"no room for {texts}")
        self._fail("forward", texts)
        return [int(torch.ones(len(text)).sum()) for text in texts]

    def assemble(
        self,
        document: Document,
        windows: Sequence[Window],
        outputs: Sequence[Any],
        options: RunOptions,
    ) -> list[Result]:
        self._fail("assemble", [document.text])
        return [Sentiment(str(sum(outputs)), 1.0, windows=len(windows))]


def _windows(document: Document) -> list[Window]:
    pieces = document.text.split("|") if document.text else []
    return [Window(max(1, len(piece)), piece, document.language or "") for piece in pieces]


def documents_of(texts: Sequence[str]) -> list[Document]:
    return [Document(number, text) for number, text in enumerate(texts, start=1)]


def labels(outcomes: Sequence[Sequence[Result] | Failure | Abstention]) -> list[str]:
    """The label of each result, `!` for a failure."""
    found = []
    for outcome in outcomes:
        if isinstance(outcome, Failure):
            found.append("!")
        else:
            assert not isinstance(outcome, Abstention)
            (result,) = outcome
            assert isinstance(result, Sentiment)
            found.append(result.label)
    return found
