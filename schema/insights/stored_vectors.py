"""Vectors as the table of embeddings has them, as numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def read_vectors(stored: Sequence[bytes]) -> NDArray[np.float16]:
    """The numbers of vectors, (vectors, dimensions), in half precision.

    Args:
        stored: At least one, all with as many numbers, little-endian.
    """
    return np.frombuffer(b"".join(stored), "<f2").reshape(len(stored), -1)
