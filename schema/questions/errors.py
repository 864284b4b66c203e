"""What a question may lack."""

from __future__ import annotations


class NoAnswerError(LookupError):
    """The database lacks what a question is answered from. One sentence, with what to run."""
