"""The errors of an ingestion that cannot begin or go on."""

from __future__ import annotations


class IngestError(ValueError):
    """One sentence that names the input, column or option, and the fix."""


class InputError(IngestError):
    """The same of one input that cannot be read, or not to its end; others can all the same."""


class EmptyInputError(InputError):
    """An input has nothing in it, or nothing but a header: no fault where others have rows."""
