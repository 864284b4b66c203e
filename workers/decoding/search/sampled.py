"""Sampled search: each document continues with a token that is drawn, see `Sampling`."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from workers.decoding.search.greedy import GreedySearch
from workers.decoding.search.lengths import SequenceLengths
from workers.decoding.search.logits_processors import LogitsProcessors
from workers.decoding.search.settings import SearchSettings


class SampledSearch(GreedySearch):
    """Sampled search for the documents of a cohort, one row each, each with noise of its own."""

    def __init__(
        self,
        begun: Sequence[Sequence[int]],
        extent: SequenceLengths,
        settings: SearchSettings,
        constraints: LogitsProcessors,
        device: torch.device,
    ) -> None:
        super().__init__(begun, extent, settings, constraints, device)
        assert settings.sampling is not None
        self._sampling = settings.sampling
        self._noise = [self._sampling.noise(prompt) for prompt in begun]

    def _forbid(self, values: Tensor) -> None:
        super()._forbid(values)
        known = values[:, : self._settings.vocabulary]
        self._sampling.draw_among(known)
        drawn = [torch.rand(known.shape[1], generator=one) for one in self._noise]
        # Of a probability u the noise is -log(-log u).
        known.sub_(torch.stack(drawn).to(known.device).log().neg().log())

    def keep(self, left: int, holes: Tensor, movers: Tensor) -> None:
        """Close the gaps of finished documents, as `KVCache.keep` does."""
        super().keep(left, holes, movers)
        for hole, mover in zip(holes.tolist(), movers.tolist(), strict=True):
            self._noise[hole] = self._noise[mover]
        del self._noise[left:]
