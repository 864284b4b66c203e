"""The vocabulary of a model: tokens that have a row in its table of embeddings."""

from __future__ import annotations

import sys
from typing import Any


def tokens_of(model: Any) -> int:
    """The number of tokens that a model of Transformers can read; without a limit where it has no
    table of embeddings.
    """
    try:
        table = model.get_input_embeddings()
    except NotImplementedError:
        return sys.maxsize
    return int(getattr(table, "num_embeddings", sys.maxsize))


def check_known(highest: int, known: int) -> None:
    """Refuse a token that has no embedding. On a CPU it would be an error of its document all the
    same; a GPU stops for good, and does not say at which document.

    Args:
        highest: The highest of all token ids.
        known: Rows of the table of embeddings.

    Raises:
        IndexError: If the token has no row.
    """
    if highest >= known:
        raise IndexError(
            f"token {highest} is none of the model's {known}: its tokenizer knows more than "
            "the model, so take a checkpoint whose tokenizer is its own"
        )
