"""Classifying a text, or its tokens, with an encoder: windows of tokens in, logits out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from tokenizers import Encoding

from schema.catalog import Entry
from workers.analysis import Window
from workers.encoders.encoder import load_encoder
from workers.encoders.rows import Floats
from workers.encoders.trial import CLASSES
from workers.progress import nothing


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Consecutive tokens of a text, with the model's special tokens around them.

    Attributes:
        ids: Token ids, special tokens included.
        type_ids: For models that take `token_type_ids`.
        lead: Special tokens before the first token of the text.
        first: Place of that token among the text's.
        offsets: Of each token of the text, characters in the text as (start, end).
    """

    ids: list[int]
    type_ids: list[int]
    lead: int
    first: int
    offsets: list[tuple[int, int]]


class Classifier:
    """A warm model for sequence or token classification.

    Args:
        entry: The model as the catalog has it.
        auto_model_class: Of Transformers.
        device: `cpu` or `cuda:0`.

    Attributes:
        loaded: The model.
        packs: Whether a batch is computed without padding.
        takes_lanes: Whether several batches may be computed at once.

    Raises:
        ModelError: If the model cannot be loaded, or has no fast tokenizer.
    """

    def __init__(self, entry: Entry, auto_model_class: Any, device: str) -> None:
        """Load the model."""
        encoder = load_encoder(entry, auto_model_class, device, CLASSES)
        self.loaded = encoder.loaded
        self.packs = encoder.packs
        self.takes_lanes = encoder.takes_lanes
        self._forward = encoder.forward

    @property
    def labels(self) -> list[str]:
        """The names of the classes, in the order of the logits."""
        names: Any = self.loaded.model.config.id2label
        return [names[number] for number in range(len(names))]

    def windows(self, texts: Sequence[str], overlap: int) -> list[list[Window]]:
        """Tokenise texts: one window for a text that fits, as many as it takes for a longer one.

        Args:
            texts: Any texts.
            overlap: Tokens that two windows of a text share.

        Returns:
            For each text its windows, in order; their features are `Excerpt`s.
        """
        encodings = self.loaded.tokenizer(list(texts), padding=False, truncation=False).encodings
        return [
            [Window(len(excerpt.ids), excerpt) for excerpt in self._excerpts(encoding, overlap)]
            for encoding in encodings
        ]

    def _excerpts(self, encoding: Encoding, overlap: int) -> list[Excerpt]:
        special = encoding.special_tokens_mask
        begin = special.index(0) if 0 in special else len(special)
        end = len(special) - special[::-1].index(0) if 0 in special else begin
        around = len(special) - (end - begin)
        room = self.loaded.max_length - around
        step = room - overlap
        excerpts = []
        for start in range(begin, max(begin + 1, end - overlap), step):
            stop = min(start + room, end)
            excerpts.append(
                Excerpt(
                    ids=_cut(encoding.ids, begin, start, stop, end),
                    type_ids=_cut(encoding.type_ids, begin, start, stop, end),
                    lead=begin,
                    first=start - begin,
                    offsets=encoding.offsets[start:stop],
                )
            )
        return excerpts

    def logits(self, windows: Sequence[Window], on_layer: Callable[[], None] = nothing) -> Floats:
        """One batch through the model.

        Args:
            windows: At least one.
            on_layer: Called between layers, where those can be told apart.

        Returns:
            float32 whatever the model computes in: (rows, classes) for sequence classification; for
            token classification (tokens, classes), the special ones included, those of a window
            behind those of the window before.
        """
        return self._forward([window.features for window in windows], on_layer)


def _cut(row: list[int], begin: int, start: int, stop: int, end: int) -> list[int]:
    return [*row[:begin], *row[start:stop], *row[end:]]


def softmax(logits: Floats) -> Floats:
    """Probabilities along the last axis."""
    weights: Floats = np.exp(logits - logits.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights
