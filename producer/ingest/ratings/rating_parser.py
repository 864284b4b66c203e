"""Ratings as exports write them, read as a value and its scale."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from producer.ingest.escaping import shown
from producer.ingest.ratings.rating_scale import RatingScale, scale_in_words

#: Drawn stars; the second kind is an empty one.
_FULL, _EMPTY = "★⭐🌟✭✮⭑", "☆✩⚝⭒"
_STARS = re.compile(rf"([{_FULL}]+)\s*([{_EMPTY}]*)\s*|[{_EMPTY}]+")
_NUMBER = r"(\d{1,3}(?:[.,]\d{1,4})?)"
#: `Rated 4 out of 5`, `★4`.
_BEFORE = rf"(?:rated|rating|bewertet mit|note|nota|[{_FULL}])?:?\s*"
#: `4/5`, `4 out of 5 stars`, `4 von 5`, `4 sur 5`, `4 de 5`, `4 su 5`, `4 av 5`.
_OUT_OF = re.compile(
    rf"{_BEFORE}{_NUMBER}\s*(?:/|out of|of|von|sur|de|su|av|van)\s*(\d{{1,3}})\b\D*"
)
#: `4`, `4,5`, `4.0`, `80 %`, `4 stars`, `4★`, `4 - good`.
_ALONE = re.compile(
    rf"{_BEFORE}{_NUMBER}\s*(%|[{_FULL}]|stars?|sterne?|étoiles?|estrellas?|stelle|points?|punkte?|pts?"
    r"|[-–:]\s*[^\d]+|\([^\d]+\))?"
)
#: Scales that a column of plain numbers may have, the smallest that holds them all is it, …
_SCALES = (5, 10, 100)
#: … and those that show only where there are so many numbers: a scale of ten would have others.
_RARE_SCALES, _ENOUGH = (6, 7), 100
#: Values that are kept with their ratings.
_MOST_KNOWN = 1_000
#: `Score (0-10)`, `Rating out of 5`, `Bewertung 1 bis 5`.
_SCALE_IN_NAME = re.compile(
    r"\b[01]\s*(?:-|–|to|bis|à|a)\s*(\d{1,3})\b|(?:\bout of|\bvon|\bsur|/)\s*(\d{1,3})\b",
    re.IGNORECASE,
)
#: Words in a column's name that mean 0 to 10 (the Net Promoter Score).
_OF_TEN = re.compile(r"\bnps\b|recommend|empfehl|recommand|recomend|raccomand", re.IGNORECASE)


class Rating(NamedTuple):
    """A rating.

    Attributes:
        value: The higher, the better: of a scale whose lowest number is the best it is reversed.
        scale: The highest that could be given; None where nobody can tell.
    """

    value: float
    scale: int | None


class RatingParser:
    """Reads the values of one column.

    Known are numbers with a decimal point or comma, `4/5`, `4 out of 5`, drawn stars, `4 stars` and
    `80 %`. A number alone has the scale that its column's name says (`Score (0-10)`, `1 very good 5
    very poor`, or 10 for a Net Promoter Score), else the smallest of 5, 10 and 100 that holds the
    column's first values.

    Args:
        name: The column's.
        sample: Its first values.
        ends: The worst and the best, where the user says them.
    """

    def __init__(self, name: str, sample: Iterable[Any], ends: RatingScale | None = None) -> None:
        self._name = shown(name)
        self._scale: int | None = None
        self._said = ends is not None
        self._ends = ends or scale_in_words(name)
        #: Most columns have few values.
        self._known: dict[str, Rating | None] = {}
        read = [rating for value in sample if (rating := self._read(value)) is not None]
        numbers = [rating.value for rating in read if rating.scale is None]
        if numbers and self._ends is None:
            rare = _RARE_SCALES if len(numbers) >= _ENOUGH and _are_whole(numbers) else ()
            scales = (_scale_in(name), *sorted({*_SCALES, *rare}))
            highest = max(numbers)
            self._scale = next((scale for scale in scales if scale and highest <= scale), None)

    def findings(self) -> list[str]:
        """How the column is read where that was found, and others might think otherwise."""
        if self._said:
            return []
        if self._ends is not None and self._ends.is_reversed:
            return [
                f"column {self._name!r}: {self._ends.best} is the best rating and "
                f"{self._ends.worst} the worst, as its name says; else give --rating-scale "
                "WORST-BEST"
            ]
        if self._scale in _RARE_SCALES:
            return [
                f"column {self._name!r}: ratings go to {self._scale}, which is taken for the best; "
                f"if it is the worst, give --rating-scale {self._scale}-1"
            ]
        return []

    def read(self, value: Any) -> Rating | None:
        """Read one value; None where it is no rating, or missing."""
        if type(value) is not str:
            return self._scaled(value)
        if value not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                return self._scaled(value)
            self._known[value] = self._scaled(value)
        return self._known[value]

    def _scaled(self, value: Any) -> Rating | None:
        rating = self._read(value)
        if rating is not None and self._ends and rating.scale in (None, self._ends.highest):
            better = self._ends.better(rating.value)
            return None if better is None else Rating(better, self._ends.highest)
        if rating is None or rating.scale is not None or self._scale is None:
            return rating
        return rating._replace(scale=self._scale) if rating.value <= self._scale else rating

    def _read(self, value: Any) -> Rating | None:
        if isinstance(value, str):
            return _from_text(value.strip().casefold())
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            return None
        # Decimals have kinds of NaN that cannot be compared.
        return _checked(float(value)) if math.isfinite(value) else None


def is_net_promoter_name(name: str) -> bool:
    """Whether a column's name says that customers tell how likely they are to recommend."""
    return bool(_OF_TEN.search(name))


def _are_whole(numbers: Iterable[float]) -> bool:
    return all(number == int(number) for number in numbers)


def _scale_in(name: str) -> int | None:
    """The scale that a column's name says."""
    if found := _SCALE_IN_NAME.search(name):
        return int(found[1] or found[2])
    return 10 if _OF_TEN.search(name) else None


def _from_text(written: str) -> Rating | None:
    if not written or len(written) > 40:
        return None
    if found := _OUT_OF.fullmatch(written):
        scale = int(found[2])
        value = _number(found[1])
        return Rating(value, scale) if scale > 0 and value <= scale else None
    if found := _ALONE.fullmatch(written):
        rating = _checked(_number(found[1]))
        if rating and found[2] == "%":
            return rating._replace(scale=100) if rating.value <= 100 else None
        return rating
    drawn = written.replace("\ufe0f", "")
    if found := _STARS.fullmatch(drawn):
        full = sum(drawn.count(star) for star in _FULL)
        empty = sum(drawn.count(star) for star in _EMPTY)
        scale = full + empty if empty else max(5, full)
        return Rating(float(full), scale) if scale <= 10 else None
    return None


def _number(written: str) -> float:
    return float(written.replace(",", "."))


def _checked(value: float) -> Rating | None:
    return Rating(value, None) if 0 <= value < 1_000 else None
