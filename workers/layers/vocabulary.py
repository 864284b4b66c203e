"""Tokens that a model knows: those that have a row in its table of embeddings."""

from __future__ import annotations


def check_known(highest: int, vocabulary: int) -> None:
    """Refuse a token without a row. On a CPU that would be an error of its document all the same;
    a GPU stops for good, and does not say at which.

    Args:
        highest: Of all token ids.
        vocabulary: Rows of the table.

    Raises:
        IndexError: If it has no row.
    """
    if highest >= vocabulary:
        raise IndexError(
            f"token {highest} is none of the model's {vocabulary}: its tokenizer knows more than "
            "the model, so take a checkpoint whose tokenizer is its own"
        )
