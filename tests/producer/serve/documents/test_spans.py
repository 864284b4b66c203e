"""Spans: whatever covers what, the pieces are the text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from producer.serve.documents.spans import Span, cut

SPANS = st.lists(
    st.builds(Span, st.integers(-2, 30), st.integers(-2, 30), st.just("entity"), st.just("x"))
)


@given(st.text(max_size=25), SPANS)
def test_the_pieces_are_the_text_and_know_what_covers_them(text: str, spans: list[Span]) -> None:
    pieces = cut(text, spans)
    assert "".join(piece.text for piece in pieces) == text
    place = 0
    for piece in pieces:
        inside = range(place, place + len(piece.text))
        for one in spans:
            if 0 <= one.start < one.end <= len(text):
                covered = {one.start <= each < one.end for each in inside}
                assert covered == {one in piece.spans}
        place += len(piece.text)


def test_spans_that_overlap_are_both_on_what_they_share() -> None:
    first, second = Span(0, 5, "entity", "a"), Span(3, 8, "answer", "b")
    pieces = cut("abcdefgh!", [first, second])
    assert [(piece.text, piece.spans) for piece in pieces] == [
        ("abc", (first,)),
        ("de", (first, second)),
        ("fgh", (second,)),
        ("!", ()),
    ]
