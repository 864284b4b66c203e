"""Clauses: what they are cut at, and that they stand where they say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.feedback_texts import SHORT, long_texts
from workers.embedding.clauses import clauses


def cut(text: str, language: str | None = None) -> list[str]:
    return [text[start:end] for start, end in clauses(text, language)]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "en",
            "I love the fabric, but the zip broke after a week. Returned it at once!",
            ["I love the fabric", "the zip broke after a week.", "Returned it at once!"],
        ),
        (
            "de",
            "Der Stoff ist schön, aber der Reißverschluss ist kaputt.",
            ["Der Stoff ist schön", "der Reißverschluss ist kaputt."],
        ),
        (
            "fr",
            "La robe est belle mais la fermeture a cassé.",
            ["La robe est belle", "la fermeture a cassé."],
        ),
        (
            "es",
            "La tela es bonita; sin embargo, la cremallera se rompió.",
            ["La tela es bonita", "la cremallera se rompió."],
        ),
        (
            "sv",
            "Tyget är fint men dragkedjan gick sönder.",
            ["Tyget är fint", "dragkedjan gick sönder."],
        ),
        (None, "Good for tall men who travel a lot.", ["Good for tall men who travel a lot."]),
        (
            None,
            "Sehr schöner Stoff, aber viel zu klein.",
            ["Sehr schöner Stoff", "viel zu klein."],
        ),
        ("en", "The lining is\nsoft to wear", ["The lining is\nsoft to wear"]),
        ("en", "这个拉链坏了。我很不高兴。", ["这个拉链坏了。", "我很不高兴。"]),
    ],
)
def test_sentences_are_cut_at_but_and_its_kin(
    language: str | None, text: str, expected: list[str]
) -> None:
    assert cut(text, language) == expected


def test_what_says_too_little_alone_joins_the_clause_before() -> None:
    text = "The dress looks lovely. Love it! It runs small but ok."
    assert cut(text, "en") == ["The dress looks lovely. Love it!", "It runs small but ok."]
    assert cut("Terrible. The zip broke twice.", "en") == ["Terrible.", "The zip broke twice."]


def test_a_salutation_is_in_no_clause() -> None:
    text = "Kaputter Drucker\n\nSupport-Team,\n\nder Drucker druckt nicht."
    assert cut(text, "de") == ["Kaputter Drucker", "der Drucker druckt nicht."]
    assert cut("Hello Customer Support, but why?", "en") == ["but why?"]
    assert cut("Hello there!") == ["Hello there!"]


@pytest.mark.parametrize("text", ["", " \n ", "?!", "👍", "— … —"])
def test_a_text_in_which_nothing_is_said_has_none(text: str) -> None:
    assert clauses(text) == []


@given(st.text(alphabet="ab .,;-\n!？。but éß", max_size=80), st.sampled_from([None, "en", "xx"]))
def test_clauses_are_in_order_and_overlap_nowhere(text: str, language: str | None) -> None:
    before = 0
    for start, end in clauses(text, language):
        assert before <= start < end <= len(text)
        assert text[start:end].strip() == text[start:end]
        assert any(map(str.isalnum, text[start:end]))
        before = end


def test_real_feedback_loses_no_words_but_those_it_is_cut_at() -> None:
    for text in SHORT + long_texts(120, 6, seed=5):
        kept = "".join(cut(text, "en"))
        lost = len([*filter(str.isalnum, text)]) - len([*filter(str.isalnum, kept)])
        assert lost <= 8 * len(clauses(text, "en"))
