"""An analysis's model as the engine runs it: batch by batch, within its budget, counted."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from typing import Any

from schema.document import Document
from schema.options import RunOptions
from workers.analysis import Analysis, Stream, Window
from workers.engine.batch_stream import BatchStream
from workers.engine.batching import LEAST, cost
from workers.engine.counters import Counters, ForwardCounter
from workers.engine.isolation import OnCulprit, forward_isolated
from workers.engine.jobs import Prepared
from workers.engine.shared_pass import forward_shared
from workers.engine.token_budget import TokenBudgets
from workers.errors import WorkerError
from workers.runtime.lanes import Tick, lanes_for

#: Windows of one batch that may fail alone before nobody believes it any more.
MAX_CULPRITS = 4


class BatchedModel:
    """Runs batches, in several lanes at once where the analysis has them.

    Args:
        analysis: With its model warm.

    Attributes:
        analysis: As given.
        partners: By name, the analyses that go through the encoder together; itself is one.
        budgets: What a batch may cost.
        counters: What has been done.
    """

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.partners: dict[str, Analysis] = {analysis.name: analysis}
        self.budgets = TokenBudgets(analysis)
        self.counters = Counters()
        self._forwards = ForwardCounter(self.counters)
        # Tokenizers are not for two threads.
        self._tokenising = threading.Lock()

    def tokenise(self, documents: Sequence[Document], options: RunOptions) -> Prepared:
        """Make windows of documents, in whichever thread.

        Raises:
            Exception: Whatever the analysis raises.
        """
        with self._tokenising:
            return self.analysis.prepare(documents, options)

    def lanes(self, group: str, tokens: int) -> int:
        """How many lanes so many tokens of a group are worth."""
        least = 1 if self.analysis.queues else max(1, self.budgets.of(group) // LEAST)
        return lanes_for(tokens // least, self.analysis.lanes)

    def forward(self, windows: Sequence[Window], tick: Tick) -> list[Any]:
        """Run one batch, of one group; an output for each window, or one for each of its analyses
        where any window is for several.

        Raises:
            WorkerError: If there are not as many outputs.
            Exception: Whatever the analysis raises.
        """
        tokens, costs = cost(windows, packs=True), cost(windows, self.analysis.packs)
        with self._forwards.one(tokens, costs, self.budgets.of(windows[0].group)):
            if any(window.analyses for window in windows):
                return forward_shared(self.analysis, self.partners, windows, tick)
            outputs = self.analysis.forward(windows, tick)
        if len(outputs) != len(windows):
            raise WorkerError(
                f"{self.analysis.name}: {len(outputs)} outputs for {len(windows)} windows"
            )
        return outputs

    def forward_isolated(
        self, windows: Sequence[Window], on_culprit: OnCulprit, tick: Tick
    ) -> list[Any]:
        """The same, but of a window that fails alone, what it raised.

        Args:
            windows: Of one group.
            on_culprit: Called with the index of each window that fails alone, and what it raised.
            tick: Called now and then.
        """

        def forward(some: Sequence[Window]) -> list[Any]:
            return self.forward(some, tick)

        return forward_isolated(windows, forward, on_culprit, self.budgets, self.analysis.packs)

    def count(self, done: Counters) -> None:
        """Add what was done by a model that counts by itself."""
        self._forwards.add(done)

    def stream(self, group: str) -> Stream | None:
        """The way for windows of a group that come while others are on their way: the analysis's
        own if it has one, or batch by batch if its model packs.
        """
        if self.analysis.streams or not self.analysis.packs:
            return self.analysis.stream(group)
        budget, lanes = partial(self.budgets.of, group), partial(self.lanes, group)
        return BatchStream(self._forward_of_stream, budget, lanes, self.analysis.queues)

    def _forward_of_stream(self, windows: Sequence[Window], tick: Tick) -> list[Any]:
        failed: list[int] = []

        def on_culprit(index: int, error: Exception) -> None:
            # Whether it is one is found out when its job is through. So many, and it is none of
            # them.
            failed.append(index)
            if len(failed) > MAX_CULPRITS:
                raise error

        return self.forward_isolated(windows, on_culprit, tick)
