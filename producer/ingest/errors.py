"""The error of an ingestion that cannot begin or go on."""

from __future__ import annotations


class IngestError(ValueError):
    """One sentence that names the input, column or option, and the fix."""
