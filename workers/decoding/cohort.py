"""Documents that were admitted together: they are at the same step until each leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from workers.decoding.architecture.causal import Model
from workers.decoding.attention.kv_cache import KVCache
from workers.decoding.output.scores import Scores
from workers.decoding.search.base import Search
from workers.decoding.search.beam import BeamSearch
from workers.decoding.search.greedy import GreedySearch
from workers.decoding.search.lengths import SequenceLengths
from workers.decoding.search.logits_processors import LogitsProcessors
from workers.decoding.search.sampled import SampledSearch
from workers.decoding.search.settings import SearchSettings
from workers.layers.packing import Packing
from workers.layers.vocabulary import check_known
from workers.runtime.transfer import to_device


class Cohort:
    """Some documents on their way through the decoder.

    Args:
        model: To read them, once, without padding.
        settings: Of the search.
        constraints: On what is written.
        documents: Token ids of each source or prompt, special tokens included, by the number by
            which the document is known outside; best of like length, longest first.
        device: Of the model.

    Attributes:
        longest: Source tokens of a document, to which the others are padded.
        cache: What the decoder remembers of them.

    Raises:
        ValueError: If a prompt is empty, or so long that nothing may be written.
        IndexError: If there is a token that the model does not know.
    """

    def __init__(
        self,
        model: Model,
        settings: SearchSettings,
        constraints: LogitsProcessors,
        documents: Mapping[int, Sequence[int]],
        device: torch.device,
    ) -> None:
        self._numbers, sources = list(documents), list(documents.values())
        self._beams = settings.beams
        parts = (model.parts(source, settings.start) for source in sources)
        read, begun = zip(*parts, strict=True)
        lengths = [len(each) for each in begun]
        self._extent = SequenceLengths(lengths, [settings.room(length) for length in lengths])
        self._firsts = to_device(torch.tensor(lengths) - 1, device)
        packing = Packing([len(each) for each in read], device)
        # A GPU would not say whose it is, and take none after it.
        check_known(max(max(each, default=0) for each in sources), model.known)
        ids = to_device(torch.tensor([token for each in read for token in each]).long(), device)
        self.longest = max(map(len, sources))
        self.cache = KVCache(model, model.read(ids, packing), packing, settings.beams)
        by_rank = GreedySearch if settings.beams == 1 else BeamSearch
        kind = by_rank if settings.sampling is None else SampledSearch
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

    def leave(self, finished: Sequence[bool]) -> list[tuple[int, list[int]]]:
        """Let documents go, each with its number and what it has written.

        Args:
            finished: Which, as `advance` says.
        """
        gone = [place for place, is_finished in enumerate(finished) if is_finished]
        if not gone:
            return []
        texts = self._search.written(self._places(gone))
        numbers = [self._numbers[place] for place in gone]
        self._close_up(finished)
        return list(zip(numbers, texts, strict=True))

    def _close_up(self, finished: Sequence[bool]) -> None:
        stay = [place for place, is_finished in enumerate(finished) if not is_finished]
        left = len(stay)
        movers = [place for place in stay if place >= left]
        holes = [place for place in range(left) if finished[place]]
        for hole, mover in zip(holes, movers, strict=True):
            self._numbers[hole] = self._numbers[mover]
        del self._numbers[left:]
        into, out = self._places(holes), self._places(movers)
        self.cache.keep(left, into, out)
        self._search.keep(left, into, out)
        self._extent.keep(left, holes, movers)
        self._firsts[into] = self._firsts[out]
        self._firsts = self._firsts[:left]

    def _places(self, places: Sequence[int]) -> Tensor:
        return to_device(torch.tensor(places, dtype=torch.long), self._firsts.device)


def advance(cohorts: Sequence[Cohort], scores: Scores) -> list[Tensor]:
    """Choose the next tokens of cohorts of one search. A GPU is told, and not waited for.

    Args:
        cohorts: At least one.
        scores: Logits of their rows, one cohort's behind the other's; they are changed.

    Returns:
        Of each cohort which documents have finished, (documents), bool.
    """
    searches = [cohort._search for cohort in cohorts]
    chosen = type(searches[0]).advance(searches, scores)
    for cohort, (parents, _) in zip(cohorts, chosen, strict=True):
        cohort.cache.end_step(parents)
    return [finished for _, finished in chosen]
