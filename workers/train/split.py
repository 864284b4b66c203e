"""Which texts a model learns from, and which it is validated with."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from workers.calibrate.examples import DataError, Example


def split(
    examples: Sequence[Example], share: float, seed: int, stratum: Callable[[Example], Any]
) -> tuple[list[Example], list[Example]]:
    """Take about a share of each stratum for validation, at random, but the same each time.

    Texts that are asked several questions stay on one side. Of a stratum with one text none is
    taken.

    Args:
        examples: All that there are.
        share: Between 0 and 1.
        seed: Another one draws others.
        stratum: What has to be in both parts: the class of a text.

    Returns:
        Those to learn from and those to validate with, each in the order of `examples`.

    Raises:
        DataError: If there are too few for two parts.
    """
    strata: dict[Any, dict[str, None]] = defaultdict(dict)
    for one in examples:
        strata[stratum(one)][one.text] = None
    chosen: set[str] = set()
    for texts in strata.values():
        count = min(round(len(texts) * share) or 1, len(texts) - 1)
        chosen.update(sorted(texts, key=lambda text: _order(text, seed))[:count])
    learn = [one for one in examples if one.text not in chosen]
    validate = [one for one in examples if one.text in chosen]
    if not learn or not validate:
        raise DataError(
            f"{len(examples)} labelled texts are too few to learn from and to validate with; "
            "label more"
        )
    return learn, validate


def _order(text: str, seed: int) -> bytes:
    key = f"{seed} {text}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(key, digest_size=8).digest()
