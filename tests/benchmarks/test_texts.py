"""The documents: lengths as feedback has them, whatever their number."""

from __future__ import annotations

from statistics import median

import pytest

from benchmarks.engine.synthetic.texts import LONGEST, documents, lengths, thinned


@pytest.mark.parametrize("count", [16, 64, 1000])
def test_the_median_is_45_words_and_the_tail_long(count: int) -> None:
    words = lengths(count)
    assert len(words) == count
    assert 43 <= median(words) <= 47
    assert words == sorted(words)
    assert 200 < max(words) <= LONGEST


def test_a_document_has_the_words_it_should() -> None:
    some = documents(40)
    assert sorted(len(document.text.split()) for document in some) == lengths(40)
    assert [document.id for document in some] == list(range(1, 41))


def test_they_are_the_same_every_time_and_others_with_another_seed() -> None:
    assert documents(8) == documents(8)
    assert {one.text for one in documents(8)}.isdisjoint(one.text for one in documents(8, seed=2))


def test_a_part_has_the_same_lengths_in_the_same_order() -> None:
    some = documents(64)
    part = thinned(some, 0.25)
    assert len(part) == 16
    assert [one for one in some if one in part] == part
    whole = sum(len(one.text) for one in some) / 64
    assert sum(len(one.text) for one in part) / 16 == pytest.approx(whole, rel=0.15)
