"""From the outputs of windows to the outcomes of their documents."""

from __future__ import annotations

from collections.abc import Sequence

from schema.options import RunOptions
from schema.results.outcome import Outcome
from workers.engine.batched_model import BatchedModel
from workers.engine.canary import Canary
from workers.engine.document_state import Conclusion, DocumentState, failure_of
from workers.errors import DocumentError
from workers.runtime.device_errors import raise_worker_fault
from workers.runtime.lanes import Tick
from workers.runtime.progress import no_progress


class Assembly:
    """Computes documents' windows and puts their results together. A document that fails alone is
    charged with it, but only after the canary has gone through.

    Args:
        model: Of the analysis.

    Attributes:
        model: As given.
        canary: Proves that the worker works.
    """

    def __init__(self, model: BatchedModel) -> None:
        self.model = model
        self.canary = Canary(model)

    def compute(
        self, rows: Sequence[tuple[DocumentState, int]], options: RunOptions, tick: Tick
    ) -> None:
        """Compute a batch: of each document the window of this index.

        Raises:
            WorkerError: If this process cannot work; no document is to blame.
        """

        def on_culprit(row: int, error: Exception) -> None:
            self.canary.prove_worker(rows[row][0].document, options, error)

        windows = [state.windows[index] for state, index in rows]
        outputs = self.model.forward_isolated(windows, on_culprit, tick)
        for (state, index), output in zip(rows, outputs, strict=True):
            if isinstance(output, Exception):
                state.outcome = failure_of(output, "the model read it")
            else:
                state.outputs[index] = output

    def conclude(self, states: Sequence[DocumentState], options: RunOptions) -> list[Outcome]:
        """The outcomes of documents whose windows have all gone through. Where the output of one
        is what it raised alone, it is tried once more.

        Raises:
            WorkerError: If this process cannot work; no document is to blame.
        """
        for state in states:
            for index, output in enumerate(state.outputs):
                if isinstance(output, Exception) and state.outcome is None:
                    self.compute([(state, index)], options, no_progress)
        self.assemble(states, options)
        return self.outcomes(states)

    def assemble(self, states: Sequence[DocumentState], options: RunOptions) -> None:
        """Make results for all documents that have no outcome yet."""
        for state in states:
            if state.outcome is None:
                state.outcome = self._assemble(state, options)

    def outcomes(self, states: Sequence[DocumentState]) -> list[Outcome]:
        """What the ledger stores: ids, results or failures, and the models behind them."""
        model = self.model.analysis.model_of
        return [
            Outcome(
                int(state.document.id),
                state.known,
                model(state.windows[0]) if state.windows else None,
                state.document.text_used,
            )
            for state in states
        ]

    def _assemble(self, state: DocumentState, options: RunOptions) -> Conclusion:
        analysis = self.model.analysis
        try:
            return analysis.assemble(state.document, state.windows, state.outputs, options)
        except DocumentError as error:
            return failure_of(error, "")
        except Exception as error:
            raise_worker_fault(error)
            self.canary.prove_worker(state.document, options, error)
            return failure_of(error, "its result was put together")
