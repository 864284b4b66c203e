"""Greedy search: each document goes on with the likeliest token (`GenerationMixin._sample`)."""

from __future__ import annotations

import torch
from torch import Tensor

from workers.decoding.constraints import Constraints
from workers.decoding.scores import Scores
from workers.decoding.search import Search, SearchSettings


class GreedySearch(Search):
    """The documents of a cohort, one row each."""

    def __init__(
        self,
        documents: int,
        settings: SearchSettings,
        constraints: Constraints,
        device: torch.device,
    ) -> None:
        super().__init__(documents, settings, constraints, device)
        shape = (documents, settings.max_length)
        self._tokens = torch.full(shape, settings.start, dtype=torch.long, device=device)

    @property
    def last(self) -> Tensor:
        """What each row wrote last, (rows)."""
        return self._tokens[:, self._length - 1]

    def advance(self, scores: Scores) -> tuple[Tensor | None, list[bool]]:
        """See `Search`."""
        self._constraints(scores.values, self._tokens[:, : self._length])
        chosen = scores.largest().clamp_(max=self._settings.vocabulary - 1)
        self._tokens[:, self._length] = chosen
        self._length += 1
        if self._length >= self._settings.max_length:
            return None, [True] * len(chosen)
        return None, torch.isin(chosen, self._eos).tolist()

    def written(self, document: int) -> list[int]:
        """See `Search`."""
        return list(self._tokens[document, 1 : self._length].tolist())

    def keep(self, left: int, holes: Tensor, movers: Tensor) -> None:
        """See `Cache.keep`."""
        self._tokens[holes] = self._tokens[movers]
        self._tokens = self._tokens[:left]
