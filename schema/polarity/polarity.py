"""A polarity, and the numbers that stand for it."""

from __future__ import annotations

import enum

#: Values nearer to 0 than this are neutral: of ten stars the fifth and the sixth (0.11), and not
#: the fourth (0.33); of eleven grades the middle three (0.2); of five stars the third.
NEUTRAL_BELOW = 0.25


class Polarity(enum.StrEnum):
    """How a customer feels, as it is stored."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"

    @property
    def number(self) -> float:
        """The number that stands for it: -1, 0 or 1."""
        return {Polarity.NEGATIVE: -1.0, Polarity.NEUTRAL: 0.0, Polarity.POSITIVE: 1.0}[self]


def polarity_of(value: float) -> Polarity:
    """The polarity of a value in -1…1."""
    if abs(value) < NEUTRAL_BELOW:
        return Polarity.NEUTRAL
    return Polarity.NEGATIVE if value < 0 else Polarity.POSITIVE
