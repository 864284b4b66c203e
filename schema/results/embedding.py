"""Embeddings: the clauses of a document, a row each, with vectors that say what they are about."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from schema.database.base import Base
from schema.results.base import OrdinalTable

#: Bytes of one number of a vector: IEEE 754 half precision, little-endian.
NUMBER_BYTES = 2
#: Digits of a number that `triage analyze` prints; half precision has no more.
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class ClauseEmbedding:
    """A clause and its vector; a document gives none, one or many, in order of `start`.

    Attributes:
        vector: Of length 1, so that the product of two is their cosine; its numbers in half
            precision, little-endian, one after the other: `numpy.frombuffer(vector, "<f2")`.
    """

    start: int
    end: int
    vector: bytes

    def as_json(self) -> dict[str, Any]:
        """The object that `triage analyze` prints."""
        numbers = struct.unpack(f"<{len(self.vector) // NUMBER_BYTES}e", self.vector)
        vector = [round(number, _DIGITS) for number in numbers]
        return {"start": self.start, "end": self.end, "vector": vector}


class EmbeddingRow(OrdinalTable, Base):
    """Table `embeddings`: of a document in clauses, `text[start:end]` is one."""

    __tablename__ = "embeddings"
    analysis = "embedding"
    result = ClauseEmbedding
    order = 6

    start: Mapped[int]
    end: Mapped[int]
    vector: Mapped[bytes] = mapped_column(LargeBinary)
