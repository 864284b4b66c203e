"""What can be wrong with a report, or with how it is asked for."""

from __future__ import annotations


class ReportError(ValueError):
    """A report cannot be made as it is asked for. One sentence, with what to do."""


class UnknownReportError(LookupError):
    """No report has this name; the message gives the closest one, and all there are."""
