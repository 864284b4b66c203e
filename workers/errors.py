"""Faults of the worker: it cannot work, and no document is charged.

Free of torch, for the parent process of a node and for command lines that are wrong.
"""

from __future__ import annotations


class WorkerError(Exception):
    """The worker cannot work. The message quotes no document."""


class ModelError(WorkerError):
    """A model cannot be loaded. One sentence: which model, which setting, what to do."""


class DeviceLostError(WorkerError):
    """The device is lost to this process for good; only a new process gets it back.

    Which document it was lost on, and whether that was to blame, nobody knows.
    """


class UnsupportedModelError(Exception):
    """A checkpoint asks for something that is not done here; the message says what."""


class DocumentError(Exception):
    """This document cannot be analysed, however often it is tried. The message never quotes it."""
