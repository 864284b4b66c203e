"""What the packed path does not compute."""

from __future__ import annotations


class UnsupportedError(Exception):
    """A checkpoint asks for something that the packed path lacks; the message says what."""
