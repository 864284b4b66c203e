"""What is not computed here, and has to go through Transformers."""

from __future__ import annotations


class UnsupportedModelError(Exception):
    """A checkpoint asks for something that is not done here; the message says what."""
