"""Documents that were admitted together: they are at the same step until each leaves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from workers.decoding.beam import BeamSearch
from workers.decoding.cache import Cache
from workers.decoding.causal import Model
from workers.decoding.constraints import Constraints
from workers.decoding.extent import Extent
from workers.decoding.greedy import GreedySearch
from workers.decoding.scores import Scores
from workers.decoding.search import Search, SearchSettings
from workers.layers.packing import Packing


class Cohort:
    """Some documents on their way through the decoder.

    Args:
        model: To read them, once, without padding.
        settings: Of the search.
        constraints: On what is written.
        numbers: By which the documents are known outside.
        sources: Token ids of each source or prompt, special tokens included; best of like length,
            longest first.
        device: Of the model.

    Attributes:
        longest: Source tokens of a document, to which the others are padded.
        cache: What the decoder remembers of them.

    Raises:
        ValueError: If a prompt is empty, or so long that nothing may be written.
    """

    def __init__(
        self,
        model: Model,
        settings: SearchSettings,
        constraints: Constraints,
        numbers: Sequence[int],
        sources: Sequence[Sequence[int]],
        device: torch.device,
    ) -> None:
        self._numbers = list(numbers)
        self._beams = settings.beams
        parts = (model.parts(source, settings.start) for source in sources)
        read, begun = zip(*parts, strict=True)
        lengths = [len(each) for each in begun]
        self._extent = Extent(lengths, [settings.room(length) for length in lengths])
        self._firsts = torch.tensor(lengths, device=device) - 1
        packing = Packing([len(each) for each in read], device)
        ids = torch.tensor([token for each in read for token in each], device=device).long()
        self.longest = max(map(len, sources))
        self.cache = Cache(model, model.read(ids, packing), packing, settings.beams)
        kind = GreedySearch if settings.beams == 1 else BeamSearch
        self._search: Search = kind(begun, self._extent, settings, constraints, device)

    @property
    def documents(self) -> int:
        """That are still there."""
        return len(self._numbers)

    @property
    def rows(self) -> int:
        """Documents times beams."""
        return len(self._numbers) * self._beams

    @property
    def tokens(self) -> Tensor:
        """What goes into the decoder next, (rows)."""
        return self._search.last

    @property
    def positions(self) -> Tensor:
        """The places of these tokens, (rows)."""
        return (self._firsts + self._extent.written).repeat_interleave(self._beams)

    def advance(self, scores: Scores) -> Iterator[tuple[int, list[int]]]:
        """Choose the next tokens, and let finished documents go.

        Args:
            scores: Logits of the rows; they are changed.

        Yields:
            Number and tokens of each document that has finished.
        """
        parents, finished = self._search.advance(scores)
        self.cache.end_step(parents)
        for place, is_finished in enumerate(finished):
            if is_finished:
                yield self._numbers[place], self._search.written(place)
        if any(finished):
            self._leave(finished)

    def _leave(self, finished: Sequence[bool]) -> None:
        stay = [place for place, is_finished in enumerate(finished) if not is_finished]
        left = len(stay)
        movers = [place for place in stay if place >= left]
        holes = [place for place in range(left) if finished[place]]
        for hole, mover in zip(holes, movers, strict=True):
            self._numbers[hole] = self._numbers[mover]
        del self._numbers[left:]
        device = self._search.last.device
        into, out = torch.tensor(holes, device=device).long(), torch.tensor(movers, device=device)
        self.cache.keep(left, into, out.long())
        self._search.keep(left, into, out.long())
        self._extent.keep(left, holes, movers)
        self._firsts[into] = self._firsts[out.long()]
        self._firsts = self._firsts[:left]
