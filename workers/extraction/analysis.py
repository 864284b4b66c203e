"""Extractive summaries: a text in its own words, whole sentences of it, never a splice.

Which sentences is up to the model. One of token classification with a single label was trained for
this: a sentence's score is the mean of its tokens' logits. Of any other encoder the hidden states
are taken, and a sentence is as good as it is near to the whole text.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from transformers import AutoConfig, AutoModel, AutoModelForTokenClassification

from schema.catalog import Catalog, CatalogEntry
from schema.document import Document
from schema.options import RunOptions
from schema.results import Result
from schema.results.summary import Summary
from workers.analysis import Window
from workers.classification.classifier import Classifier
from workers.classification.excerpt import Excerpt
from workers.encoders.analysis import EncoderAnalysis
from workers.encoders.interface import Floats
from workers.errors import DocumentError
from workers.extraction.choice import centrality, chosen, told
from workers.extraction.sentences import Span, whole_sentences
from workers.models.checkpoint import locate
from workers.models.registry import ModelRegistry


@dataclass(frozen=True, slots=True)
class _SentenceWindow:
    """A window, and which sentence each token of its text belongs to (−1: to none).

    It has what a row of tokens has, so that the encoder takes it.
    """

    excerpt: Excerpt
    sentences: list[int]

    @property
    def ids(self) -> list[int]:
        """Token ids, special tokens included."""
        return self.excerpt.ids

    @property
    def type_ids(self) -> list[int]:
        """For models that take `token_type_ids`."""
        return self.excerpt.type_ids


class ExtractiveSummaryAnalysis(EncoderAnalysis):
    """Chooses sentences by what an encoder makes of them."""

    name = "summary"

    def __init__(self, catalog: Catalog, device: str, models: ModelRegistry | None = None) -> None:
        """Load the model of the catalog's [summary]."""
        super().__init__(catalog, device, models)
        self._classifier = Classifier(self._encoder)

    def prepare(
        self, documents: Sequence[Document], options: RunOptions
    ) -> list[list[Window] | DocumentError]:
        """Windows that do not overlap; none for a text that there is nothing to choose from."""
        spans = [whole_sentences(document.text) for document in documents]
        several = [number for number, some in enumerate(spans) if len(some) > 1]
        texts = [documents[number].text for number in several]
        prepared: list[list[Window] | DocumentError] = [[] for _ in documents]
        windows = self._classifier.windows(texts, overlap=0, offsets=True) if texts else []
        for number, some in zip(several, windows, strict=True):
            prepared[number] = _with_sentences(some, spans[number])
        return prepared

    def forward(
        self, windows: Sequence[Window], on_progress: Callable[[], None]
    ) -> list[tuple[Floats, Floats]]:
        """For each window and each sentence that it has tokens of: their sum, and how many."""
        states = self._classifier.logits(windows, on_progress)
        ends = np.cumsum([len(window.features.ids) for window in windows])[:-1]
        return [
            _by_sentence(window.features, rows)
            for window, rows in zip(windows, np.split(states, ends), strict=True)
        ]

    def assemble(
        self,
        document: Document,
        windows: Sequence[Window],
        outputs: Sequence[tuple[Floats, Floats]],
        options: RunOptions,
    ) -> list[Result]:
        """The chosen sentences, and where they stand."""
        text = document.text
        spans = whole_sentences(text) or [(0, len(text))]
        numbers = self._choose(len(spans), outputs) if len(spans) > 1 else [0]
        places = tuple(spans[number] for number in numbers)
        return [Summary(told(text, spans, numbers), max(1, len(windows)), places)]

    def _choose(self, count: int, outputs: Sequence[tuple[Floats, Floats]]) -> list[int]:
        width = outputs[0][0].shape[1]
        sums, tokens = np.zeros((count, width), np.float32), np.zeros(count, np.float32)
        for some, lengths in outputs:
            sums[: len(some)] += some
            tokens[: len(lengths)] += lengths
        means = (sums / np.maximum(tokens, 1)[:, None]).astype(np.float32)
        # A sentence of which the tokenizer made nothing is not what the text is about.
        return chosen(np.where(tokens > 0, self.scores(means, tokens), np.float32(-np.inf)))

    @abstractmethod
    def scores(self, means: Floats, tokens: Floats) -> Floats:
        """How well each sentence stands for the text, (sentences,).

        Args:
            means: Of what the model gives for its tokens, (sentences, width).
            tokens: How many those are, (sentences,).
        """


class CentralSentences(ExtractiveSummaryAnalysis):
    """Of any encoder: the nearer to the whole text, the better."""

    auto_model_class = AutoModel

    def scores(self, means: Floats, tokens: Floats) -> Floats:
        """See `centrality`."""
        return centrality(means, tokens)


class RatedSentences(ExtractiveSummaryAnalysis):
    """Of an encoder that was trained to rate sentences."""

    auto_model_class = AutoModelForTokenClassification

    def scores(self, means: Floats, tokens: Floats) -> Floats:
        """The logit."""
        return means[:, 0]


def extractive_kind(entry: CatalogEntry) -> type[ExtractiveSummaryAnalysis] | None:
    """The class for the model of a catalog entry; None if the model can write.

    Raises:
        ModelError: If it is not there.
    """
    config = AutoConfig.from_pretrained(
        locate(entry).folder, trust_remote_code=False, local_files_only=True
    )
    (architecture, *_) = getattr(config, "architectures", None) or [""]
    if config.is_encoder_decoder or architecture.endswith(("CausalLM", "LMHeadModel")):
        return None
    rated = architecture.endswith("ForTokenClassification") and config.num_labels == 1
    return RatedSentences if rated else CentralSentences


def _with_sentences(windows: Sequence[Window], spans: Sequence[Span]) -> list[Window]:
    marked = []
    for window in windows:
        excerpt: Excerpt = window.features
        own = excerpt.encoding.offsets[excerpt.lead :][excerpt.first :][: excerpt.tokens]
        marked.append(Window(window.length, _SentenceWindow(excerpt, _sentences_of(own, spans))))
    return marked


def _sentences_of(offsets: Sequence[tuple[int, int]], spans: Sequence[Span]) -> list[int]:
    ends = np.array([end for _, end in spans])
    begins = np.array([start for start, _ in spans])
    last = np.array([end - 1 for _, end in offsets])
    numbers = np.searchsorted(ends, last, side="right")
    inside = (numbers < len(spans)) & (begins[np.minimum(numbers, len(spans) - 1)] <= last)
    return [int(number) for number in np.where(inside, numbers, -1)]


def _by_sentence(window: _SentenceWindow, states: Floats) -> tuple[Floats, Floats]:
    own = states[window.excerpt.lead :][: window.excerpt.tokens]
    numbers = np.array(window.sentences)
    count = int(numbers.max(initial=-1)) + 1
    sums = np.zeros((count, own.shape[1]), np.float32)
    np.add.at(sums, numbers[numbers >= 0], own[numbers >= 0])
    lengths = np.bincount(numbers[numbers >= 0], minlength=count).astype(np.float32)
    return sums, lengths
