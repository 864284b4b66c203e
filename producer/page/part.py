"""A part of the page: its facts, or one sentence that says what to run to get them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from schema.questions import NoAnswerError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """What is known of something.

    Attributes:
        facts: None where there are none.
        missing: Why not, and what to run; None where there are facts.
    """

    facts: T | None
    missing: str | None = None


def read_part(read: Callable[[], T | None], otherwise: str) -> Part[T]:
    """Read facts that may not be there.

    Args:
        read: Reads them; may raise `NoAnswerError`, or return None.
        otherwise: What to say of None.
    """
    try:
        facts = read()
    except NoAnswerError as error:
        return Part(None, _sentence(str(error)))
    return Part(facts) if facts is not None else Part(None, otherwise)


def _sentence(said: str) -> str:
    return f"{said[:1].upper()}{said[1:]}" + ("" if said.endswith(".") else ".")
