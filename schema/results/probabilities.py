"""Probabilities of all labels, as they are stored: JSON with six digits."""

from __future__ import annotations

from collections.abc import Mapping

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
        """Binary JSON where the database has it; None is the null of SQL."""
        kind = JSONB if dialect.name == "postgresql" else JSON
        return dialect.type_descriptor(kind(none_as_null=True))

    def process_bind_param(
        self, value: Mapping[str, float] | None, dialect: Dialect
    ) -> dict[str, float] | None:
        """Round for storage."""
        return rounded(value)


def rounded(probabilities: Mapping[str, float] | None) -> dict[str, float] | None:
    """The probabilities with as many digits as are kept and shown."""
    if probabilities is None:
        return None
    return {label: round(value, _DIGITS) for label, value in probabilities.items()}
