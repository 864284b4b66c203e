"""The canary: a harmless document that proves that the worker works."""

from __future__ import annotations

from schema.document import Document
from schema.options import RunOptions
from workers.engine.batched_model import BatchedModel
from workers.errors import WorkerError
from workers.runtime.device_errors import raise_worker_fault
from workers.runtime.progress import no_progress

#: A text that no model can have trouble with.
_HARMLESS = "The parcel arrived on Monday."


class Canary:
    """Goes through the model when a document has failed alone: if it fails too, the document is
    not to blame.

    Args:
        model: That the document failed in.
    """

    def __init__(self, model: BatchedModel) -> None:
        self._model = model

    def prove_worker(self, document: Document, options: RunOptions, error: Exception) -> None:
        """Return if a harmless document in the same language goes through.

        Args:
            document: That has failed.
            options: Of its run.
            error: That it raised.

        Raises:
            WorkerError: If it does not, so that `error` is not the document's fault.
        """
        analysis = self._model.analysis
        harmless = Document(document.id, _HARMLESS, document.language)
        try:
            (windows,) = self._model.tokenise([harmless], options)
            if isinstance(windows, Exception):
                return
            outputs = [self._model.forward([window], no_progress)[0] for window in windows]
            analysis.assemble(harmless, windows, outputs, options)
        except Exception as second:
            raise_worker_fault(second)
            raise WorkerError(
                f"{analysis.name}: no document goes through "
                f"({type(error).__name__}, then {type(second).__name__} for a harmless one)"
            ) from second.with_traceback(None)
