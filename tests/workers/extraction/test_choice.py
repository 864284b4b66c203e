"""Which sentences stand for a text, and how they are told."""

from __future__ import annotations

import numpy as np

from workers.extraction.choice import centrality, chosen, joined


def test_the_best_are_taken_in_the_order_of_the_text() -> None:
    assert chosen([0.1, 0.9, 0.3]) == [1]
    assert chosen([0.5, 0.5]) == [0]
    assert chosen([0.9, 0.1, 0.2, 0.3, 0.4, 0.8]) == [0, 5]
    assert chosen([*[0.0] * 10, 3.0, 1.0, 2.0]) == [10, 11, 12]


def test_a_gap_is_shown() -> None:
    text = "One. Two. Three."
    spans = [(0, 4), (5, 9), (10, 16)]
    assert joined(text, spans, [0, 1]) == "One. Two."
    assert joined(text, spans, [0, 2]) == "One. … Three."
    assert joined(text, spans, [1]) == "Two."


def test_the_sentence_nearest_to_all_is_central() -> None:
    vectors = np.array([[1, 0], [1, 1], [0, 1]], dtype=np.float32)
    scores = centrality(vectors, np.array([5, 5, 5], np.float32))
    assert scores.argmax() == 1
    # Long sentences weigh as much as their tokens.
    assert centrality(vectors, np.array([50, 1, 1], np.float32)).argmax() == 0
