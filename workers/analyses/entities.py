"""Entities: what a document names, as `token-classification` of Transformers 4.57.6 gave it with
`aggregation_strategy="simple"`.

A document longer than the model's window is read in overlapping windows. Each token is judged in
the window where it has the most context, and the tokens are put together over the whole document:
so nothing is cut at a border, and nothing is found twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from transformers import AutoModelForTokenClassification

from schema.catalog import Catalog
from schema.document import Document
from schema.options import RunOptions
from schema.results import Entity, Result
from workers.analysis import Analysis, DocumentError, Provenance, Window
from workers.classifier import Classifier, softmax

#: Windows of a document share this part of their tokens.
_OVERLAP = 4
#: What a model calls a token that belongs to no entity.
_OUTSIDE = "O"


class Token(NamedTuple):
    """What the model makes of one token: characters in the text, label, probability."""

    start: int
    end: int
    label: str
    score: float


class EntitiesAnalysis(Analysis):
    """Token classification; see `Analysis` for the contract."""

    name = "entities"

    def __init__(self, catalog: Catalog, device: str) -> None:
        """Load the model of the catalog's [entities]."""
        entry = catalog.entry(self.name)
        self._classifier = Classifier(entry, AutoModelForTokenClassification, device)
        self._labels = self._classifier.labels

    @property
    def batch_tokens(self) -> int:
        """The most padded tokens that `forward` takes at once."""
        return self._classifier.loaded.batch_tokens

    @property
    def packs(self) -> bool:
        """Whether the model's architecture is one of those that go without padding."""
        return self._classifier.packs

    @property
    def takes_lanes(self) -> bool:
        """On a CPU, if it packs."""
        return self._classifier.takes_lanes

    @property
    def measurable(self) -> bool:
        """Unless the catalog gives a budget, or the model is tiny."""
        return self._classifier.loaded.measurable

    def provenance(self) -> list[Provenance]:
        """The one model."""
        return [self._classifier.loaded.provenance]

    def prepare(
        self, documents: Sequence[Document], options: RunOptions
    ) -> list[list[Window] | DocumentError]:
        """Windows of which each shares a quarter with the next."""
        overlap = self._classifier.loaded.max_length // _OVERLAP
        return [*self._classifier.windows([document.text for document in documents], overlap)]

    def forward(
        self, windows: Sequence[Window], on_progress: Callable[[], None]
    ) -> list[list[Token]]:
        """For each window its tokens, without the special ones."""
        scores = softmax(self._classifier.logits(windows, on_progress))
        best, probabilities = scores.argmax(axis=-1).tolist(), scores.max(axis=-1).tolist()
        outputs, begin = [], 0
        for window in windows:
            first = begin + window.features.lead
            outputs.append(
                [
                    Token(start, end, self._labels[best[place]], probabilities[place])
                    for place, (start, end) in enumerate(window.features.offsets, start=first)
                ]
            )
            begin += window.length
        return outputs

    def assemble(
        self,
        document: Document,
        windows: Sequence[Window],
        outputs: Sequence[list[Token]],
        options: RunOptions,
    ) -> list[Result]:
        """The entities in order of their place in the document."""
        firsts = [window.features.first for window in windows]
        return [
            Entity(kind, document.text[start:end], start, end, score)
            for kind, start, end, score in _entities(_merged(firsts, outputs))
        ]


def _merged(firsts: Sequence[int], outputs: Sequence[list[Token]]) -> list[Token]:
    """The tokens of a document, each once: of what two windows share, the first half is judged by
    the earlier and the second half by the later.
    """
    tokens: list[Token] = []
    for first, judged in zip(firsts, outputs, strict=True):
        shared = len(tokens) - first
        kept = shared // 2
        tokens[len(tokens) - kept :] = judged[shared - kept :]
    return tokens


def _entities(tokens: Sequence[Token]) -> Iterator[tuple[str, int, int, float]]:
    """Type, start, end and mean probability of each run of tokens of one kind."""
    group: list[Token] = []
    for token in tokens:
        if group and not _continues(token.label, group[-1].label):
            yield from _entity(group)
            group = []
        group.append(token)
    if group:
        yield from _entity(group)


def _entity(group: Sequence[Token]) -> Iterator[tuple[str, int, int, float]]:
    kind = group[0].label.split("-", 1)[-1]
    if kind != _OUTSIDE:
        score = np.mean(np.array([token.score for token in group], dtype=np.float32))
        yield kind, group[0].start, group[-1].end, float(score)


def _continues(label: str, last: str) -> bool:
    """Whether a token goes with the one before: labels without B- or I- count as I-."""
    return not label.startswith("B-") and _kind(label) == _kind(last)


def _kind(label: str) -> str:
    return label[2:] if label.startswith(("B-", "I-")) else label
