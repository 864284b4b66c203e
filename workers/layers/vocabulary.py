"""Tokens that a model knows: those that have a row in its table of embeddings."""

from __future__ import annotations

import sys
from typing import Any


def tokens_of(model: Any) -> int:
    """How many tokens a model of Transformers knows, of those that go in; no limit where it has no
    such table.
    """
    try:
        table = model.get_input_embeddings()
    except NotImplementedError:
        return sys.maxsize
    return int(getattr(table, "num_embeddings", sys.maxsize))


def check_known(highest: int, known: int) -> None:
    """Refuse a token without a row. On a CPU that would be an error of its document all the same;
    a GPU stops for good, and does not say at which.

    Args:
        highest: Of all token ids.
        known: Rows of the table that it is looked up in.

    Raises:
        IndexError: If it has no row.
    """
    if highest >= known:
        raise IndexError(
            f"token {highest} is none of the model's {known}: its tokenizer knows more than "
            "the model, so take a checkpoint whose tokenizer is its own"
        )
