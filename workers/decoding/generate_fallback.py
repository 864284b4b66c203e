"""The generate fallback: `generate` of Transformers, in batches of like length.

Padding behind sources is masked, which is enough for most encoders; those that read in blocks or
windows see it all the same, so their batches are of one length. Before prompts it would count as
text wherever settings count or look at a prompt (`max_length`, `no_repeat_ngram_size` …): so
prompts go with those of one length, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any

import torch
from transformers import GenerationConfig

from workers.families import sources_may_be_padded
from workers.layers.attention_type import restorer
from workers.layers.vocabulary import check_known, tokens_of


class TransformersDecoder:
    """Writes what `generate` writes, for checkpoints that ask for what `Decoder` lacks.

    Args:
        model: The model of Transformers, on its device.
        settings: The generation settings of the checkpoint, complete.
        tokens: Padded tokens of sources or prompts in a batch, at the most.
    """

    def __init__(self, model: Any, settings: GenerationConfig, tokens: int) -> None:
        # A copy with the same weights: others may write by other settings.
        self._model, self._settings, self._tokens = copy(model), settings, tokens
        # Whatever the settings leave open, `generate` fills in from here.
        self._model.generation_config = settings
        self._prompts = not model.config.is_encoder_decoder
        self._pads = not self._prompts and sources_may_be_padded(model.config)
        self._restore = restorer(model)
        self._known = tokens_of(model)

    def decode(
        self, sources: Sequence[Sequence[int]], on_step: Callable[[], None]
    ) -> list[list[int]]:
        """Write a text for each source, as `Decoder.decode` does; texts may have padding behind
        them.
        """
        texts: list[list[int]] = [[] for _ in sources]
        waiting = sorted(range(len(sources)), key=lambda number: len(sources[number]))
        while waiting:
            longest = len(sources[waiting[-1]])
            rows = max(1, self._tokens // max(1, longest))
            shortest = 0 if self._pads else longest
            batch: list[int] = []
            while waiting and len(batch) < rows and len(sources[waiting[-1]]) >= shortest:
                batch.append(waiting.pop())
            written = self._batch([sources[number] for number in batch])
            for number, text in zip(batch, written, strict=True):
                texts[number] = text
            on_step()
        return texts

    def _batch(self, sources: Sequence[Sequence[int]]) -> list[list[int]]:
        check_known(max(max(source, default=0) for source in sources), self._known)
        shape = (len(sources), max(len(source) for source in sources))
        ids = torch.full(shape, self._settings.pad_token_id or 0)
        mask = torch.zeros(shape, dtype=torch.long)
        for row, source in enumerate(sources):
            ids[row, : len(source)] = torch.tensor(source)
            mask[row, : len(source)] = 1
        self._restore()
        with torch.inference_mode():
            written = self._model.generate(
                input_ids=ids.to(self._model.device),
                attention_mask=mask.to(self._model.device),
                generation_config=self._settings,
            )
        return list(written[:, shape[1] if self._prompts else 1 :].tolist())
