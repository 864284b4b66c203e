"""Labels by natural language inference: does a text entail the sentence that says a label of it?

Each text is read with the hypothesis of every label, a row for each, and the rows of all texts go
through the model together. Scores are those of the `zero-shot-classification` pipeline of
Transformers 4.57.6 (`pipelines/zero_shot_classification.py`). A text longer than the window, which
the pipeline cuts off, is read in consecutive pieces: where labels exclude each other, its scores
are the mean of theirs, weighted by their tokens; where they do not, a label has the greatest.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import numpy as np

from schema.catalog import Catalog
from schema.catalog.own_labels import HYPOTHESIS
from schema.document import Document
from schema.options import RunOptions
from schema.results import Result
from workers.analysis import Window
from workers.classification.classifier import softmax
from workers.classification.scores import ScoreKind, check_numbers, temper
from workers.encoders.interface import Floats
from workers.errors import DocumentError, ModelError
from workers.models.registry import ModelRegistry
from workers.own_labels.labelled import LabelledAnalysis
from workers.own_labels.pairs import PairRow, frame_of, pieces

logger = logging.getLogger(__name__)

#: Tokens that have to be left for the text beside the longest hypothesis.
_LEAST_ROOM = 16


class EntailmentAnalysis(LabelledAnalysis):
    """Zero-shot classification by a model of natural language inference."""

    needs_offsets = True  # Of a slow tokenizer nobody knows where a text ends in a pair.
    reads_texts = False

    def __init__(self, catalog: Catalog, device: str, models: ModelRegistry | None = None) -> None:
        """Load the model of the catalog's table of this name.

        Raises:
            ModelError: Also if none of its classes is called entailment, or if a hypothesis leaves
                no room for a text.
        """
        super().__init__(catalog, device, models)
        entry = catalog.entry(self.name)
        self._entailment, self._contradiction = _classes(entry.model, self._loaded.model.config)
        if self.own.has_examples:
            logger.info(
                "model %s goes by the names and descriptions of labels, not by their examples; "
                "an encoder of sentences goes by these",
                entry.model,
            )
        self._backend: Any = self._loaded.tokenizer.backend_tokenizer
        self._frames = [
            frame_of(
                self._loaded.tokenizer, self.own.hypothesis.format(one.description or one.name)
            )
            for one in self.own.labels
        ]
        longest = max(range(len(self._frames)), key=lambda place: len(self._frames[place]))
        self._room = self._loaded.max_length - len(self._frames[longest])
        if self._room < _LEAST_ROOM:
            raise ModelError(
                f"model {entry.model!r} reads {self._loaded.max_length} tokens at once, and the "
                f"label {self.labels[longest]!r} with its hypothesis leaves {max(0, self._room)} "
                f"of them for the text; describe it in fewer words: at least {_LEAST_ROOM} are "
                "needed"
            )

    def prepare(
        self, documents: Sequence[Document], options: RunOptions
    ) -> list[list[Window] | DocumentError]:
        """A window for every piece of a text with every label; a piece's follow the labels."""
        texts = [document.text for document in documents]
        return [
            [
                Window(len(row), row)
                for piece in pieces(encoding.ids, self._room)
                for row in (PairRow(frame, piece) for frame in self._frames)
            ]
            for encoding in self._backend.encode_batch_fast(texts, add_special_tokens=False)
        ]

    def read(self, windows: Sequence[Window], logits: Floats) -> list[Floats]:
        """For each window the logits of the model's classes, (classes,)."""
        return list(logits)

    def assemble(
        self,
        document: Document,
        windows: Sequence[Window],
        outputs: Sequence[Floats],
        options: RunOptions,
    ) -> list[Result]:
        """The likeliest label, or all that are likelier than not.

        Raises:
            DocumentError: If the model gives what is no number.
        """
        # (pieces, labels, classes)
        logits = np.stack(outputs).reshape(-1, len(self.labels), len(outputs[0]))
        check_numbers(logits)
        scores = self._scores(logits)
        if self.own.multiple:
            scores = scores.max(axis=0)
        else:
            tokens = [max(1, one.features.tokens) for one in windows[:: len(self.labels)]]
            scores = np.average(scores, axis=0, weights=tokens).astype(np.float32)
        scores = temper(self.kind, scores, self.calibration.temperature)
        return self.named(scores, len(logits))

    def options(self) -> dict[str, Any]:
        """What of the catalog changes results; examples do not."""
        said = super().options() | {"labels": self.own.digest(of_examples=False)}
        if self.own.hypothesis != HYPOTHESIS:
            said["hypothesis"] = self.own.hypothesis
        return said

    def _scores(self, logits: Floats) -> Floats:
        """Scores (pieces, labels) of logits (pieces, labels, classes)."""
        if self.kind is ScoreKind.EXCLUSIVE:
            return softmax(logits[..., self._entailment])
        return softmax(logits[..., [self._contradiction, self._entailment]])[..., 1]


def _classes(model: str, config: Any) -> tuple[int, int]:
    """The classes of entailment and of its contrary, as the pipeline finds them.

    Raises:
        ModelError: If no class is called entailment.
    """
    names = {int(number): str(name) for number, name in config.id2label.items()}
    found = [number for number, name in names.items() if name.lower().startswith("entail")]
    if not found or len(names) < 2:
        raise ModelError(
            f"model {model!r} has no class called entailment, so it cannot tell whether a text "
            f"has a label; its classes are {', '.join(map(repr, names.values()))}: name a model "
            "of natural language inference (NLI) whose config.json has it in id2label, or leave "
            "out `labels` to have its own classes, or leave out `model` to go by similarity"
        )
    contrary = len(names) - 1 if found[0] == 0 else 0
    if any(name.lower().startswith("contra") for name in names.values()) and not names[
        contrary
    ].lower().startswith("contra"):
        logger.warning(
            "model %s: as in the pipeline of Transformers, what speaks against a label is its "
            "class %r, though another is called contradiction",
            model,
            names[contrary],
        )
    return found[0], contrary
