"""Beam search as `GenerationMixin._beam_search` of Transformers 5 has it, document by document.

There a batch goes on until its last document is done; here a document leaves when it is, since
further steps would change nothing in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from workers.decoding.output.block_topk import top
from workers.decoding.output.scores import Scores
from workers.decoding.search.base import Advance, Search
from workers.decoding.search.lengths import SequenceLengths
from workers.decoding.search.logits_processors import LogitsProcessors
from workers.decoding.search.settings import SearchSettings
from workers.runtime.transfer import to_device

#: Log-probability of the impossible; unlike -inf it can be added up.
_NEVER = -1.0e9


class Written(list[int]):
    """The tokens of a text, and how sure the search was of them.

    Attributes:
        confidence: The geometric mean of the tokens' probabilities, the one that ends it included.
    """

    def __init__(self, tokens: Iterable[int], confidence: float) -> None:
        super().__init__(tokens)
        self.confidence = confidence


class BeamSearch(Search):
    """Beam search for the documents of a cohort, `beams` rows each, with the finished texts of
    each.

    `_scores` are the running beams' log-probabilities, `_best_scores` those of finished texts
    divided by the length penalty, best first.
    """

    def __init__(
        self,
        begun: Sequence[Sequence[int]],
        extent: SequenceLengths,
        settings: SearchSettings,
        constraints: LogitsProcessors,
        device: torch.device,
    ) -> None:
        super().__init__(begun, extent, settings, constraints, device)
        documents, beams = len(begun), settings.beams
        self._candidates = max(2, 1 + len(settings.eos)) * beams
        self._tokens = self._tokens[:, None].repeat(1, beams, 1)
        self._scores = torch.zeros(documents, beams, device=device)
        self._scores[:, 1:] = _NEVER
        self._best = self._tokens.clone()
        self._best_lengths = torch.full((documents, beams), self._begin, device=device)
        self._best_scores = torch.full((documents, beams), _NEVER, device=device)
        self._finished = torch.zeros(documents, beams, dtype=torch.bool, device=device)

    @property
    def last(self) -> Tensor:
        """The token that each row wrote last, (rows)."""
        return self._tokens[:, :, self._length - 1].flatten()

    @property
    def rows(self) -> int:
        """Documents times beams."""
        return self._scores.numel()

    @classmethod
    def advance(cls, searches: Sequence[BeamSearch], scores: Scores) -> list[Advance]:
        """Choose the next token of each row, as `Search.advance` says."""
        parts = torch.split(scores.values, [search.rows for search in searches])
        return [search._go_on(own) for search, own in zip(searches, parts, strict=True)]

    def _go_on(self, logits: Tensor) -> Advance:
        settings, beams, length = self._settings, self._settings.beams, self._length
        values = logits.log_softmax(-1)
        self._constraints(values, self._tokens[:, :, :length].flatten(0, 1), self._extent)
        likeliest, beam, token = top(
            values.view(-1, beams, values.shape[-1]), self._scores, self._candidates
        )
        token.clamp_(max=settings.vocabulary - 1)
        ends = torch.isin(token, self._constraints.eos)
        last = self._extent.last
        if any(last):
            ends |= to_device(torch.tensor(last), ends.device)[:, None]
        goes_on = (likeliest + ends.float() * _NEVER).topk(beams, dim=1)
        self._finish(likeliest, beam, token, ends)
        parents = beam.gather(1, goes_on.indices)
        self._tokens[:, :, :length] = _of(self._tokens[:, :, :length], parents)
        self._tokens[:, :, length] = token.gather(1, goes_on.indices)
        self._scores = goes_on.values
        self._extent.written += 1
        return parents, self._done(ends)

    def _finish(self, likeliest: Tensor, beam: Tensor, token: Tensor, ends: Tensor) -> None:
        """Put texts that have just ended among the finished ones, if they are better."""
        settings, beams, length = self._settings, self._settings.beams, self._length
        # Beyond the first, candidates are there only so that enough beams go on.
        ended = ends.clone()
        ended[:, beams:] = False
        # What has not ended changes nothing below. To ask a CPU is cheap; a GPU is not waited for.
        if ended.device.type == "cpu" and not ended.any():
            return
        scores = likeliest / ((length + 1 - self._begin) ** settings.length_penalty)
        if settings.early_stopping is True:
            scores += self._finished.all(dim=1, keepdim=True).float() * _NEVER
        scores += (~ended).float() * _NEVER
        merged = torch.cat((self._best_scores, scores), dim=1)
        kept = merged.topk(beams, dim=1)
        new = _of(self._tokens[:, :, : length + 1], beam)
        new[:, :, length] = token
        texts = torch.cat((self._best[:, :, : length + 1], new), dim=1)
        self._best[:, :, : length + 1] = _of(texts, kept.indices)
        lengths = torch.cat((self._best_lengths, torch.full_like(token, length + 1)), dim=1)
        self._best_lengths = lengths.gather(1, kept.indices)
        self._finished = torch.cat((self._finished, ended), dim=1).gather(1, kept.indices)
        self._best_scores = kept.values

    def _done(self, ends: Tensor) -> Tensor:
        """Which documents can get no better text, or need none by `early_stopping`."""
        settings = self._settings
        if settings.early_stopping == "never" and settings.length_penalty > 0.0:
            lengths = self._extent.most
        else:
            lengths = [self._extent.written]
        penalties = [length**settings.length_penalty for length in lengths]
        if len(set(penalties)) == 1:
            hope = self._scores[:, :1] / penalties[0]
        else:
            divisors = torch.tensor(penalties, dtype=self._scores.dtype)
            hope = self._scores[:, :1] / to_device(divisors, self._scores.device)[:, None]
        worst = self._best_scores.min(dim=1, keepdim=True).values
        hopeless = ~(hope > torch.where(self._finished, worst, _NEVER)).any(dim=1)
        done: Tensor = hopeless | ends.all(dim=1)
        if settings.early_stopping is True:
            done |= self._finished.all(dim=1)
        return done

    def written(self, documents: Tensor) -> list[Written]:
        """The best finished text of each document, as `Search.written` says."""
        texts = self._best[documents, 0, : self._length]
        lengths = self._best_lengths[documents, :1]
        tokens = (lengths - self._begin).clamp(min=1).double()
        # The score is the sum of logarithms divided by the length penalty.
        logs = self._best_scores[documents, :1] * tokens ** (self._settings.length_penalty - 1)
        # In one go, since whoever asks a GPU waits for it; a double holds every id.
        rows = torch.cat((logs.exp(), lengths.double(), texts.double()), dim=1).tolist()
        return [
            Written(map(int, text[self._begin : int(length)]), confidence)
            for confidence, length, *text in rows
        ]

    def keep(self, left: int, holes: Tensor, movers: Tensor) -> None:
        """Close the gaps of finished documents, as `KVCache.keep` does."""
        for name in ("_tokens", "_scores", "_best", "_best_lengths", "_best_scores", "_finished"):
            state: Tensor = getattr(self, name)
            state[holes] = state[movers]
            setattr(self, name, state[:left])


def _of(texts: Tensor, beams: Tensor) -> Tensor:
    """Gather the texts of some beams, from (documents, any, length) to (documents, n, length)."""
    return texts.gather(1, beams[:, :, None].expand(-1, -1, texts.shape[2]))
