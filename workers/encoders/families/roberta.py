"""Converts RoBERTa (Liu et al. 2019), and what differs in its vocabulary alone (XLM-RoBERTa,
CamemBERT): BERT's layers, positions that are counted from behind the padding token's id.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from schema.catalog import Precision
from workers.encoders.families.bert import bert_body
from workers.encoders.interface import Ints
from workers.encoders.packed import Body, PositionIds


def roberta_body(model: Any, precision: Precision) -> Body:
    """Convert a `RobertaModel`, `XLMRobertaModel` or `CamembertModel`."""
    return bert_body(model, precision, counted_behind(int(model.embeddings.padding_idx)))


def counted_behind(padding: int) -> PositionIds:
    """The function that numbers positions from behind the padding token's id."""

    def position_ids(ids: Ints, lengths: Sequence[int]) -> Ints:
        return position_ids_behind(padding, ids, lengths)

    return position_ids


def position_ids_behind(padding: int, ids: Ints, lengths: Sequence[int]) -> Ints:
    """Number positions as `create_position_ids_from_input_ids` does: the padding token itself,
    which a text may spell out, stands at its own id and is not counted.
    """
    counts = ids != padding
    upto = np.cumsum(counts)
    starts = np.cumsum([0, *lengths[:-1]])
    before = upto[starts] - counts[starts]
    numbered: Ints = (upto - np.repeat(before, lengths)) * counts + padding
    return numbered
