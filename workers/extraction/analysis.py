"""Extractive summaries: a text in its own words, whole sentences of it, never a splice.

Which sentences is up to the model. One of token classification with a single label was trained for
this: a sentence's score is the mean of its tokens' logits. Of any other encoder the hidden states
are taken, and a sentence is as good as it is near to the whole text.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np
from transformers import AutoModel, AutoModelForTokenClassification

from schema.catalog import Catalog, CatalogEntry
from schema.document import Document
from schema.options import RunOptions
from schema.results import Result
from schema.results.summary import Summary
from workers.analysis import Window
from workers.classification.classifier import Classifier
from workers.classification.excerpt import Excerpt
from workers.encoders.analysis import EncoderAnalysis
from workers.encoders.interface import Floats, Ints
from workers.errors import DocumentError
from workers.extraction.choice import centrality, chosen, joined
from workers.extraction.sentences import Span, whole_sentences
from workers.models.registry import ModelRegistry
from workers.models.stored_configuration import configuration_of


class ExtractiveSummaryAnalysis(EncoderAnalysis):
    """Chooses sentences by what an encoder makes of them."""

    name = "summary"
    reads_texts = True

    def __init__(self, catalog: Catalog, device: str, models: ModelRegistry | None = None) -> None:
        """Load the model of the catalog's [summary]."""
        super().__init__(catalog, device, models)
        self._classifier = Classifier(self._encoder)

    def prepare(
        self, documents: Sequence[Document], options: RunOptions
    ) -> list[list[Window] | DocumentError]:
        """Windows that do not overlap; none for a text that there is nothing to choose from, unless
        others read it in the same pass.
        """
        several = [
            number
            for number, document in enumerate(documents)
            if self._encoder.is_head or len(whole_sentences(document.text)) > 1
        ]
        texts = [documents[number].text for number in several]
        prepared: list[list[Window] | DocumentError] = [[] for _ in documents]
        windows = self._classifier.windows(texts, overlap=0, offsets=True) if texts else []
        for number, of_text in zip(several, windows, strict=True):
            prepared[number] = of_text
        return prepared

    def read(self, windows: Sequence[Window], logits: Floats) -> list[Floats]:
        """For each window what the model gives for the tokens of its text, (tokens, width)."""
        ends = np.cumsum([window.length for window in windows])[:-1]
        return [
            rows[window.features.lead :][: window.features.tokens]
            for window, rows in zip(windows, np.split(logits, ends), strict=True)
        ]

    def assemble(
        self,
        document: Document,
        windows: Sequence[Window],
        outputs: Sequence[Floats],
        options: RunOptions,
    ) -> list[Result]:
        """The chosen sentences, and where they stand."""
        text = document.text
        spans = whole_sentences(text) or [(0, len(text))]
        numbers = [0] if len(spans) == 1 else self._choose(spans, windows, outputs)
        places = tuple(spans[number] for number in numbers)
        return [Summary(joined(text, spans, numbers), max(1, len(windows)), places)]

    def _choose(
        self, spans: Sequence[Span], windows: Sequence[Window], outputs: Sequence[Floats]
    ) -> list[int]:
        width = outputs[0].shape[1]
        sums, tokens = np.zeros((len(spans), width), np.float32), np.zeros(len(spans), np.float32)
        begin = 0
        for window, rows in zip(windows, outputs, strict=True):
            excerpt: Excerpt = window.features
            # Windows of heads that share an encoder overlap.
            new = max(0, begin - excerpt.first)
            begin = excerpt.first + excerpt.tokens
            offsets = excerpt.encoding.offsets[excerpt.lead + excerpt.first :][: excerpt.tokens]
            numbers = _sentences_of(offsets[new:], spans)
            inside = numbers >= 0
            np.add.at(sums, numbers[inside], rows[new:][inside])
            np.add.at(tokens, numbers[inside], np.float32(1))
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
    config = configuration_of(entry)
    (architecture, *_) = getattr(config, "architectures", None) or [""]
    if config.is_encoder_decoder or architecture.endswith(("CausalLM", "LMHeadModel")):
        return None
    rated = architecture.endswith("ForTokenClassification") and config.num_labels == 1
    return RatedSentences if rated else CentralSentences


def _sentences_of(offsets: Sequence[tuple[int, int]], spans: Sequence[Span]) -> Ints:
    """The sentence that each token ends in, −1 if in none, (tokens)."""
    begins, ends = np.array(spans).T
    last = np.array([end - 1 for _, end in offsets], dtype=np.int64)
    numbers = np.searchsorted(ends, last, side="right")
    inside = (numbers < len(spans)) & (begins[np.minimum(numbers, len(spans) - 1)] <= last)
    return np.where(inside, numbers, -1).astype(np.int64)
