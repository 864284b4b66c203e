"""Sentence borders: what a reader would say, and that no text is lost whatever it holds."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workers.text.sentences import sentence_spans


def sentences(text: str) -> list[str]:
    return [text[start:end].strip() for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It broke. I want a refund!", ["It broke.", "I want a refund!"]),
        ("great product! will buy again. thanks", ["great product!", "will buy again.", "thanks"]),
        ("Why?? because (really?) yes", ["Why??", "because (really?)", "yes"]),
        ('She said "Never again." Then left.', ['She said "Never again."', "Then left."]),
        ("Dr. Meyer, e.g. at 5 p.m. today, left.", ["Dr. Meyer, e.g. at 5 p.m. today, left."]),
        ("Es kam am 3. März an, z. B. kaputt. Schade.",
         ["Es kam am 3. März an, z. B. kaputt.", "Schade."]),
        ("I have used it since 2019. Never again.", ["I have used it since 2019.", "Never again."]),
        ("Bought on amazon.de. It costs 3.99 now.", ["Bought on amazon.de.", "It costs 3.99 now."]),
        ("well... it works. Hm… Perhaps", ["well... it works.", "Hm…", "Perhaps"]),
        ("¿Dónde está? ¡No llegó! Gracias.", ["¿Dónde está?", "¡No llegó!", "Gracias."]),
        ("Zu spät !  « Jamais plus. » Voilà", ["Zu spät !", "« Jamais plus. »", "Voilà"]),
        ("很好。我喜欢！「真的？」是的", ["很好。", "我喜欢！", "「真的？」", "是的"]),
        ("first line\nsecond line\n\n  third", ["first line", "second line", "third"]),
        ("no border at all", ["no border at all"]),
        ("Love it 😍! So good.👍", ["Love it 😍!", "So good.👍"]),
    ],
)  # fmt: skip
def test_borders_are_where_a_reader_puts_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


PIECES = st.sampled_from(
    ["a", "B", "e.g", "Dr", ".", "...", "…", "!", "?", "。", "」", '"', ")", " ", "  ", "\n"]
    + ["\r\n", "\t", "12", "3", "😍", "é", "\u200d", "\x85", "\u2028", "-", "¿"]
)


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
@example("")
@example(". ")
@example("\n\n")
@example("." * 50_000 + "x" + " " * 50_000 + "x" + ")" * 50_000)
def test_spans_cover_the_text_in_order_without_overlap(text: str) -> None:
    spans = sentence_spans(text)
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(start < end for start, end in spans)
    assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]
