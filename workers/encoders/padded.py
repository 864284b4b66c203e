"""The padded path: the model of Transformers as it is, for architectures that are not packed.

No text's answer may depend on its neighbours. Attention that is masked does not see padding; a
convolution, a Fourier transform, pooling over time or attention in blocks does. So rows are padded
only in architectures that are known to be the same with and without; others go with those of their
length.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import numpy as np
import torch

from workers.encoders.interface import Floats, Row
from workers.families import SEES_NO_PADDING
from workers.layers.attention_type import restorer
from workers.layers.vocabulary import check_known, tokens_of
from workers.runtime.progress import no_progress
from workers.runtime.transfer import to_device


class PaddedEncoder:
    """Computes a model over rows that are padded to the longest, or go by their lengths; it is an
    `EncoderForward`.

    Args:
        model: A model for sequence classification, token classification or question answering, or
            one without a head, which gives the hidden states.
        padding: Id of the padding token.
        takes_types: Whether the model is given `token_type_ids`.
        device: The device of the model.
    """

    def __init__(self, model: Any, padding: int, takes_types: bool, device: torch.device) -> None:
        self._model = model
        self._padding = padding
        self._takes_types = takes_types
        self._device = device
        self._known = tokens_of(model)
        self._pads = model.config.model_type in SEES_NO_PADDING
        self._restore = restorer(model)

    def __call__(self, rows: Sequence[Row], on_layer: Callable[[], None] = no_progress) -> Floats:
        """One batch through the model, in one go.

        Raises:
            IndexError: If a row has a token that the model does not know.
        """
        lengths = [len(row.ids) for row in rows]
        if self._pads:
            groups = [list(range(len(rows)))]
        else:
            groups = [[i for i, own in enumerate(lengths) if own == n] for n in sorted({*lengths})]
        parts: list[Floats | None] = [None] * len(rows)
        for group in groups:
            logits = self._forward([rows[index] for index in group])
            for index, part in zip(group, logits, strict=True):
                parts[index] = part
        return np.concatenate([part for part in parts if part is not None])

    def _forward(self, rows: Sequence[Row]) -> list[Floats]:
        """The logits of each row, (1, classes) or (tokens, classes)."""
        ids = [row.ids for row in rows]
        lengths = [len(row) for row in ids]
        # (rows, longest)
        real = np.arange(max(lengths)) < np.array(lengths)[:, None]
        padded = np.full(real.shape, self._padding, dtype=np.int64)
        padded[real] = np.fromiter(chain.from_iterable(ids), np.int64)
        check_known(int(padded[real].max(initial=0)), self._known)
        inputs = {"input_ids": padded, "attention_mask": real.astype(np.int64)}
        if self._takes_types:
            types = inputs["token_type_ids"] = np.zeros_like(padded)
            types[real] = np.fromiter(chain.from_iterable(row.type_ids for row in rows), np.int64)
        on_device = {
            name: to_device(torch.from_numpy(array), self._device) for name, array in inputs.items()
        }
        self._restore()
        with torch.inference_mode():
            logits = _logits(self._model(**on_device))
        result: Floats = logits.float().cpu().numpy()
        if result.ndim == 2:
            return [row[None] for row in result]
        return [row[:length] for row, length in zip(result, lengths, strict=True)]


def _logits(output: Any) -> torch.Tensor:
    """Logits of rows or tokens; of a model without a head its hidden states."""
    if "logits" in output:
        logits: torch.Tensor = output.logits
    elif "start_logits" in output:
        logits = torch.stack((output.start_logits, output.end_logits), dim=-1)
    else:
        logits = output.last_hidden_state
    return logits
