"""A check: what was looked at, and whether it is as it has to be."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Verdict(enum.StrEnum):
    """How something is: a warning keeps nothing from working, what is wrong does, or will."""

    FINE = "fine"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor.

    Attributes:
        about: What was looked at, in a word or two.
        verdict: How it is.
        said: What was found; of what is not fine also what to do. It quotes no password.
    """

    about: str
    verdict: Verdict
    said: str


def fine(about: str, said: str) -> Check:
    """It is as it has to be."""
    return Check(about, Verdict.FINE, said)


def warning(about: str, said: str) -> Check:
    """It works, and somebody should know."""
    return Check(about, Verdict.WARNING, said)


def wrong(about: str, said: str) -> Check:
    """It does not work, or will not for long."""
    return Check(about, Verdict.WRONG, said)
