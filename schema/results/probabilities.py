"""Probabilities of all labels, as they are stored: JSON with six digits."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache

from sqlalchemy import JSON, Dialect
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

#: More would double the bytes of a row, and say nothing: models differ by more between precisions.
_DIGITS = 6


class Probabilities(TypeDecorator[Mapping[str, float]]):
    """A JSON object from label to probability; null where there are none."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Mapping[str, float]]:
        """Binary JSON where the database has it."""
        return dialect.type_descriptor(JSONB() if dialect.name == "postgresql" else JSON())

    def bind_processor(
        self, dialect: Dialect
    ) -> Callable[[Mapping[str, float] | None], str | None]:
        """Write for storage. A JSON encoder would take a tenth of the time of finishing a job."""
        return _written


def rounded(probabilities: Mapping[str, float] | None) -> dict[str, float] | None:
    """The probabilities with as many digits as are kept and shown."""
    if probabilities is None:
        return None
    return {label: round(value, _DIGITS) for label, value in probabilities.items()}


def _written(probabilities: Mapping[str, float] | None) -> str | None:
    if probabilities is None:
        return None
    pairs = [f"{_key(label)}: {value:.{_DIGITS}f}" for label, value in probabilities.items()]
    return f"{{{', '.join(pairs)}}}"


@lru_cache(maxsize=4096)
def _key(label: str) -> str:
    return json.dumps(label)
