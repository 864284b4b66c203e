"""The head of a decoder, with its rows counted."""

from __future__ import annotations

from torch import Tensor

from workers.decoding.output.lm_head import Head
from workers.decoding.output.scores import Scores


class CountedHead(Head):
    """Does what another head does.

    Attributes:
        rows: That have been scored so far.
    """

    def __init__(self, head: Head) -> None:
        self._head = head
        self.rows = 0

    def lay_out(self, *, greedy: bool) -> None:
        self._head.lay_out(greedy=greedy)

    def scores(self, hidden: Tensor) -> Scores:
        self.rows += len(hidden)
        return self._head.scores(hidden)

    def coarse_scores(self, hidden: Tensor) -> Scores:
        self.rows += len(hidden)
        return self._head.coarse_scores(hidden)
