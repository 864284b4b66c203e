"""The errors of an ingestion that cannot begin or go on."""

from __future__ import annotations


class IngestError(ValueError):
    """One sentence that names the input, column or option, and the fix."""


class InputError(IngestError):
    """The same of one input that cannot be read, or not to its end; others can all the same."""


class EmptyInputError(InputError):
    """An input has nothing in it, or nothing but a header: no fault where others have rows."""


class UnfinishedError(IngestError):
    """An input could not be read to its end; what was read of it before is stored."""


class StorageError(IngestError):
    """The database broke off what was written to it.

    Attributes:
        retry: Whether the same command may do better later, as when the server went away.
    """

    def __init__(self, message: str, *, retry: bool) -> None:
        super().__init__(message)
        self.retry = retry
