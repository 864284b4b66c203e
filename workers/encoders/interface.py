"""The encoder interface: rows of tokens in, logits out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from workers.runtime.progress import no_progress

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


class Row(Protocol):
    """The tokens of a window; `tokenizers.Encoding` is a row."""

    @property
    def ids(self) -> list[int]:
        """Token ids, special tokens included."""

    @property
    def type_ids(self) -> list[int]:
        """The part of a pair that each token belongs to, for models that take `token_type_ids`."""


class EncoderForward(Protocol):
    """A function of a loaded model, from rows to logits."""

    def __call__(self, rows: Sequence[Row], on_layer: Callable[[], None] = no_progress) -> Floats:
        """From rows to their logits in float32, the rows one after the other: (rows, classes) where
        a row is classified, (tokens of all rows, classes) where each of its tokens is.

        Args:
            rows: One batch.
            on_layer: Called between layers, where those can be told apart; once, where a GPU is
                told of all of them at once.
        """
