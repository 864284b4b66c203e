"""Long texts in pieces: each fits, none of the text is lost, whole sentences where that works."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.text.splitting import paragraphs, split_to_fit


def words_and_end(texts: Sequence[str]) -> list[int]:
    """A tokenizer that has a token a word, up to 4 letters of it, and one for the end."""
    return [1 + sum(-(-len(word) // 4) for word in text.split()) for text in texts]


def jealous(texts: Sequence[str]) -> list[int]:
    """One to which a text costs more than its sentences do."""
    return [tokens + (tokens - 1) ** 2 // 8 for tokens in words_and_end(texts)]


def test_whole_sentences_as_many_as_fit() -> None:
    text = "It broke. I am sad! Send two now.  Now? Yes."
    assert split_to_fit(text, words_and_end, 9) == [
        "It broke. I am sad!",
        "Send two now.  Now? Yes.",
    ]


def test_a_sentence_that_does_not_fit_is_cut_between_words() -> None:
    text = "Ok. one two six ten red blue. Bye."
    assert split_to_fit(text, words_and_end, 5) == ["Ok.", "one two six ten", "red blue.", "Bye."]


def test_a_word_that_does_not_fit_is_cut_anywhere() -> None:
    pieces = split_to_fit("aaaa" * 10, words_and_end, 5)
    assert "".join(pieces) == "aaaa" * 10
    assert max(words_and_end(pieces)) <= 5


def test_nothing_is_left_of_spaces() -> None:
    assert split_to_fit(" \n " * 50, lambda texts: [len(text) for text in texts], 8) == []


@pytest.mark.parametrize("lengths", [words_and_end, jealous])
@given(
    text=st.lists(
        st.sampled_from(["a", "word", "longestword", ".", "! ", " ", "\n", "。", "😀", "e.g. "])
    ).map("".join)
)
def test_every_piece_fits_and_no_character_is_lost(
    lengths: Callable[[Sequence[str]], list[int]], text: str
) -> None:
    pieces = split_to_fit(text, lengths, 9)
    assert all(tokens <= 9 for tokens in lengths(pieces))
    assert all(piece == piece.strip() != "" for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one", ["one"]),
        ("one\ntwo", ["one\ntwo"]),
        ("one\n\ntwo\n \t\n\nthree\n", ["one", "two", "three\n"]),
        ("one\r\n\r\ntwo", ["one\r", "two"]),
    ],
)
def test_blank_lines_separate_paragraphs(text: str, expected: list[str]) -> None:
    assert paragraphs(text) == expected
    assert re.sub(r"\s", "", "".join(paragraphs(text))) == re.sub(r"\s", "", text)
