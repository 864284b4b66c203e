"""Words that begin a sentence, and are no names."""

from __future__ import annotations

import pytest

from workers.spans.names import is_function_word


@pytest.mark.parametrize(
    ("text", "word", "language", "is_one"),
    [
        ("De schrijver is goed.", "De", "nl", True),
        ("Bon livre. Cet auteur", "Cet", "fr", True),
        ("„Der“ Preis", "Der", "de", True),
        ("he said the", "the", "en", True),
        # A name, whatever else it means.
        ("the US shop", "US", "en", False),
        ("Will helped me", "Will", "en", False),
        ("I met De there", "De", "nl", False),
        ("Der Preis", "Der", "en", False),
        ("Der Preis", "Der", None, False),
        ("Der Preis", "Der", "ja", False),
        ("De Beers shop", "De Beers", "nl", False),
        ("Paris is far", "Paris", "fr", False),
    ],
)
def test_a_word_that_says_nothing(text: str, word: str, language: str | None, is_one: bool) -> None:
    start = text.index(word)
    assert is_function_word(text, start, start + len(word), language) is is_one
