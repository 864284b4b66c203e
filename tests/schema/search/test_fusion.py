"""Fusion: near the top of both goes before the top of one."""

from __future__ import annotations

import pytest

from schema.search.fusion import fused


def test_what_both_rank_goes_first() -> None:
    found = fused([[1, 2, 3], [4, 2, 5]])
    assert found[0][0] == 2 and found[0][1] == pytest.approx(2 / 62)
    assert found[1:3] == [(1, 1 / 61), (4, 1 / 61)]
    assert [document for document, _ in found] == [2, 1, 4, 3, 5]


def test_one_ranking_stays_as_it_is() -> None:
    assert [document for document, _ in fused([[7, 3, 5], []])] == [7, 3, 5]
