"""Near-duplicates: what is a copy, what is not, and how sure MinHash is of it."""

from __future__ import annotations

import numpy as np
import pytest

from schema.insights.near_duplicates import (
    PERMUTATIONS,
    _jaccard,
    _shingles,
    _signatures,
    find_near_duplicates,
    normalise,
)

BOOKING = "hello, please cancel my booking number {} as soon as possible, thank you"


def test_case_and_punctuation_do_not_matter() -> None:
    found = find_near_duplicates(["Great!!", "Not great", "great", "GREAT :-)", "…", "!!"])
    assert found.first.tolist() == [0, 1, 0, 0, 4, 5]
    assert found.is_equal.all()
    assert normalise("  It's_OK — 100 % ") == "it s ok 100"


def test_templates_are_alike_and_other_texts_are_not() -> None:
    texts = [
        BOOKING.format("uhy 759"),
        "The parcel was two weeks late and nobody answers the telephone.",
        BOOKING.format("lij 132"),
        "The parcel was there on time, and the telephone was answered at once.",
        BOOKING.format("LIJ 132").upper(),
    ]
    found = find_near_duplicates(texts)
    assert found.first.tolist() == [0, 1, 0, 3, 0]
    assert found.is_equal.tolist() == [True, True, False, True, False]


def test_texts_of_any_script_and_broken_ones() -> None:
    german = "Die Lieferung {} kam zu spät, und niemand geht ans Telefon 😡"
    texts = [german.format(1), "a \udcff b c d e f", german.format(22), "a \udcff b c d e g"]
    assert find_near_duplicates(texts).first.tolist()[:3] == [0, 1, 0]


def test_short_texts_have_no_template() -> None:
    assert find_near_duplicates(["a very good one", "a very food one"]).first.tolist() == [0, 1]
    assert find_near_duplicates([]).first.tolist() == []


def test_a_chain_does_not_lead_from_one_text_to_another() -> None:
    words = [f"word{number} stands here" for number in range(60)]
    texts = [" ".join(words[start : start + 20]) for start in range(0, 40, 2)]
    found = find_near_duplicates(texts)
    sets = [_shingles(normalise(text)) for text in texts]
    assert len(set(found.first.tolist())) > 2
    assert all(_jaccard(sets[i], sets[one]) >= 0.4 for i, one in enumerate(found.first))


def test_many_copies_of_one_template_take_no_more_than_their_number() -> None:
    found = find_near_duplicates([BOOKING.format(number) for number in range(3_000)])
    assert set(found.first.tolist()) == {0}


def test_signatures_agree_as_often_as_sets_do() -> None:
    random = np.random.default_rng(0)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz "))
    errors = []
    for _ in range(40):
        text = random.choice(letters, 300)
        other = text.copy()
        other[: int(random.integers(0, 150))] = "z"
        pair = ["".join(text), "".join(other)]
        known = _jaccard(*map(_shingles, pair))
        a, b = _signatures(pair)
        errors.append((a == b).mean() - known)
    assert abs(np.mean(errors)) < 3 / np.sqrt(PERMUTATIONS * 40)
    assert np.std(errors) == pytest.approx(0.5 / np.sqrt(PERMUTATIONS), abs=0.03)
