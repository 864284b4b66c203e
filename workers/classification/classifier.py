"""Windows of texts for an encoder that classifies them, or their tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from tokenizers import Encoding

from workers.analysis import Window
from workers.classification.excerpt import Excerpt, text_of
from workers.encoders.encoder import Encoder
from workers.encoders.interface import Floats
from workers.tokenizers.slow_backend import backend_of

#: Windows of a text that overlap share this part of their tokens.
OVERLAP = 4


class Classifier:
    """Cuts texts into windows for a model of sequence or token classification.

    Args:
        encoder: The model; its tokenizer is set up for whole texts.

    Attributes:
        loaded: Its configuration and head, its tokenizer, its limits.
    """

    def __init__(self, encoder: Encoder) -> None:
        self.encoder, self.loaded = encoder, encoder.loaded
        self._backend: Any = backend_of(encoder.loaded.tokenizer)
        # It may have been told to cut, by its checkpoint or by a trial.
        self._backend.no_truncation()
        self._backend.no_padding()

    @property
    def labels(self) -> list[str]:
        """The names of the classes, in the order of the logits."""
        names: Any = self.loaded.model.config.id2label
        # Numbers may be left out; Transformers calls a class without a name so.
        found = [names.get(number) for number in range(len(names))]
        return [f"LABEL_{at}" if name is None else str(name) for at, name in enumerate(found)]

    @property
    def stored_labels(self) -> dict[str, Any]:
        """The names that are no texts in `config.json`, as they stand there, by their texts."""
        names: Any = self.loaded.model.config.id2label
        return {str(name): name for name in names.values() if not isinstance(name, str | None)}

    def windows(
        self, texts: Sequence[str], overlap: int, *, offsets: bool = False
    ) -> list[list[Window]]:
        """Tokenise texts: one window for a text that fits, as many as it takes for a longer one.

        Heads on a shared encoder all have the same windows, whatever is asked for: with offsets,
        and each sharing a quarter of its tokens with the next.

        Args:
            texts: Any texts.
            overlap: Tokens that two windows of a text share.
            offsets: Whether anybody will ask where in the text its tokens are.

        Returns:
            For each text its windows, in order; their features are `Excerpt`s.
        """
        if self.encoder.is_head:
            overlap, offsets = self.loaded.max_length // OVERLAP, True
        # Calling the tokenizer itself would copy all of it to lists of Python as well.
        encode = self._backend.encode_batch if offsets else self._backend.encode_batch_fast
        return [
            [Window(len(encoding), Excerpt(encoding))]
            if len(encoding) <= self.loaded.max_length
            else self._cut(encoding, overlap)
            for encoding in encode(list(texts), add_special_tokens=True)
        ]

    def _cut(self, encoding: Encoding, overlap: int) -> list[Window]:
        begin, end = text_of(encoding)
        around = len(encoding) - (end - begin)
        room = self.loaded.max_length - around
        windows = []
        for start in range(begin, max(begin + 1, end - overlap), room - overlap):
            stop = min(start + room, end)
            windows.append(Window(stop - start + around, Excerpt(encoding, (start, stop))))
        return windows


def softmax(logits: Floats) -> Floats:
    """Probabilities along the last axis."""
    weights: Floats = np.exp(logits - logits.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights
