"""Labels by similarity: which label's description, or examples, a text is nearest to.

The model is an encoder of sentences, and learns nothing: what a label is, is worked out when the
model is loaded, and kept by the hash of all that it is made of. Where labels exclude each other, a
text is one vector, the mean over its windows; where it may have several, each of its clauses is
one, and a label has the nearest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from schema.catalog import Catalog
from schema.catalog.own_labels import NONE, OwnLabel
from schema.document import Document
from schema.options import RunOptions
from schema.results import Result
from schema.settings import settings
from workers.analysis import Window
from workers.classification.scores import ScoreKind, temper
from workers.embedding.clauses import clauses
from workers.encoders.interface import Floats
from workers.encoders.sentence_model import SentenceModel
from workers.errors import DocumentError
from workers.models.registry import ModelRegistry
from workers.own_labels.fitting import Fitted, fit
from workers.own_labels.labelled import NAMED_FROM, LabelledAnalysis
from workers.runtime.tuning_cache import TuningCache
from workers.text.precision_texts import plain_texts

#: Rows that go through the encoder together when labels are worked out.
_ROWS = 32
#: Raised where labels are made otherwise of the same vectors.
_METHOD = "1"


class SimilarityAnalysis(LabelledAnalysis):
    """Labels by an encoder of sentences, with or without examples."""

    auto_model_class: ClassVar[Any] = SentenceModel
    reads_texts = False

    def __init__(self, catalog: Catalog, device: str, models: ModelRegistry | None = None) -> None:
        """Load the model of the catalog's table of this name, and work out the labels.

        Raises:
            ModelError: If it cannot be loaded.
        """
        super().__init__(catalog, device, models)
        entry = catalog.entry(self.name)
        self._prefix = entry.options.prefix
        if not self.own.multiple:
            self.labels, self.kind = [*self.own.names, NONE], ScoreKind.EXCLUSIVE
        asked = entry.calibration.threshold
        self._unsure_below = NAMED_FROM if asked is None else asked
        self._fit = self._make_fit()
        if self.own.none_below is not None:
            self._fit = replace(self._fit, floor=self.own.none_below)

    @property
    def unsure_below(self) -> float:
        """What the catalog asks; else a label is unsure that is less probable than not."""
        return self._unsure_below

    def prepare(
        self, documents: Sequence[Document], options: RunOptions
    ) -> list[list[Window] | DocumentError]:
        """The windows of each text, or where it may have several labels, those of its clauses."""
        parts = [self._parts(document) for document in documents]
        texts = [self._prefix + part for of_document in parts for part in of_document]
        made = iter(self._classifier.windows(texts, overlap=0)) if texts else iter(())
        return [[window for _ in of_document for window in next(made)] for of_document in parts]

    def read(self, windows: Sequence[Window], logits: Floats) -> list[Floats]:
        """The vector of each window, of any length."""
        return list(logits)

    def assemble(
        self,
        document: Document,
        windows: Sequence[Window],
        outputs: Sequence[Floats],
        options: RunOptions,
    ) -> list[Result]:
        """The label that the text is nearest to, or all that it is near to, or that it has none.

        Raises:
            DocumentError: If the model gives what is no number, or a vector without a direction.
        """
        vectors = np.stack(outputs)
        temperature = self.calibration.temperature
        if self.own.multiple:
            scores = self._fit.independent(_directions(vectors))
            return self.named(temper(self.kind, scores, temperature), 1)
        tokens = [max(1, window.features.tokens) for window in windows]
        whole = np.average(_directions(vectors), axis=0, weights=tokens).astype(np.float32)
        scores, has_none = self._fit.exclusive(_directions(whole[None])[0])
        scores = temper(self.kind, scores, temperature)
        best = len(scores) - 1 if has_none else int(scores[:-1].argmax())
        return self.rows([(self.labels[best], float(scores[best]))], scores, len(windows))

    def options(self) -> dict[str, Any]:
        """What of the catalog changes results."""
        said = super().options() | {"threshold": self._unsure_below}
        return said | ({"prefix": self._prefix} if self._prefix else {})

    def _parts(self, document: Document) -> list[str]:
        if not self.own.multiple:
            return [document.text]
        spans = clauses(document.text, document.language)
        return [document.text[slice(*span)] for span in spans] or [document.text]

    def _make_fit(self) -> Fitted:
        """The labels as they are kept, or worked out."""
        model = self._loaded.provenance
        key = {
            "name": model.name,
            "revision": model.revision,
            "options": model.key[2],
            "device": str(self._loaded.device.type),
            "prefix": self._prefix,
            "labels": self.own.digest(),
            "method": _METHOD,
        }
        cache = TuningCache(settings().home / "labels")
        kept = cache.read(key, Fitted.of_numbers)
        if kept is not None and kept.centres.shape[0] == len(self.own.labels):
            return kept
        examples = [(n, text) for n, one in enumerate(self.own.labels) for text in one.examples]
        said = [_sentence(one) for one in self.own.labels]
        others = plain_texts()
        vectors = self.vectors([*said, *(text for _, text in examples), *others])
        described, rest = vectors[: len(said)], vectors[len(said) :]
        made = fit(
            described,
            rest[: len(examples)],
            np.array([label for label, _ in examples], dtype=np.int64),
            rest[len(examples) :],
        )
        cache.keep(key, made.as_numbers(), Fitted.of_numbers)
        return made

    def vectors(self, texts: Sequence[str]) -> Floats:
        """The vector of each text, of length 1, (texts, width)."""
        found: list[Any] = [None] * len(texts)
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for start in range(0, len(order), _ROWS):
            places = order[start : start + _ROWS]
            windows = self._classifier.windows(
                [self._prefix + texts[place] for place in places], overlap=0
            )
            rows = [window.features for of_text in windows for window in of_text]
            vectors = iter(self._encoder.forward(rows))
            for place, of_text in zip(places, windows, strict=True):
                tokens = [max(1, window.features.tokens) for window in of_text]
                own = _directions(np.stack([next(vectors) for _ in of_text]))
                found[place] = np.average(own, axis=0, weights=tokens)
        return _directions(np.stack(found).astype(np.float32))


def _sentence(label: OwnLabel) -> str:
    name = label.name.replace("_", " ")
    return f"{name}: {label.description}" if label.description else name


def _directions(vectors: Floats) -> Floats:
    """Vectors of length 1, (rows, width).

    Raises:
        DocumentError: If one has no direction.
    """
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    if not np.isfinite(lengths).all() or not lengths.all():
        raise DocumentError(
            'the model gives a vector that is none; set precision = "fp32" in the catalog'
        )
    made: Floats = (vectors / lengths).astype(np.float32)
    return made
