"""What is done with feedback that is stored and comes with other content."""

from __future__ import annotations

from enum import StrEnum


class OnChange(StrEnum):
    """What is done with a row whose document is stored with other content."""

    #: The row counts: a new version, or a change in place.
    UPDATE = "update"
    #: What is stored counts.
    KEEP = "keep"
    #: The row is rejected.
    ERROR = "error"
