"""A document on its way through the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from schema.document import Document
from schema.results import Abstention, Failure, Result
from workers.analysis import Window
from workers.errors import DocumentError
from workers.runtime.device_errors import is_out_of_memory

#: What becomes of a document in an analysis.
Conclusion = Sequence[Result] | Failure | Abstention


@dataclass(slots=True)
class DocumentState:
    """A document, its windows, and what has come of them.

    Attributes:
        outputs: Of the windows, in their order; None where a window has not gone through yet.
        outcome: None until it is known.
    """

    document: Document
    windows: list[Window]
    outputs: list[Any]
    outcome: Conclusion | None = None

    @classmethod
    def of(cls, document: Document, prepared: list[Window] | Exception) -> DocumentState:
        """At its beginning; or at its end, if it could not be prepared."""
        if isinstance(prepared, Exception):
            return cls(document, [], [], failure_of(prepared, "its text was tokenised"))
        return cls(document, prepared, [None] * len(prepared))

    @property
    def known(self) -> Conclusion:
        """The outcome, at the end."""
        assert self.outcome is not None
        return self.outcome


def failure_of(error: Exception, when: str) -> Failure:
    """What a document is charged with.

    Only an analysis's own messages are known to quote no text; those of libraries may.

    Args:
        error: That it raised alone.
        when: What was done with it then.
    """
    kind = type(error).__name__
    if isinstance(error, DocumentError):
        return Failure(kind, str(error))
    if is_out_of_memory(error):
        return Failure(kind, "the memory does not hold even one window of this document")
    return Failure(kind, f"{kind} when {when}, by itself, while a harmless document went through")
