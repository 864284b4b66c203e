"""Spans: whatever covers what, the stretches are the text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from producer.serve.documents.spans import Span, cut

SPANS = st.lists(
    st.builds(Span, st.integers(-2, 30), st.integers(-2, 30), st.just("entity"), st.just("x"))
)


@given(st.text(max_size=25), SPANS)
def test_the_pieces_are_the_text_and_know_what_covers_them(text: str, spans: list[Span]) -> None:
    stretches = cut(text, spans)
    assert "".join(stretch.text for stretch in stretches) == text
    place = 0
    for stretch in stretches:
        inside = range(place, place + len(stretch.text))
        for one in spans:
            if 0 <= one.start < one.end <= len(text):
                covered = {one.start <= each < one.end for each in inside}
                assert covered == {one in stretch.spans}
        place += len(stretch.text)


def test_spans_that_overlap_are_both_on_what_they_share() -> None:
    first, second = Span(0, 5, "entity", "a"), Span(3, 8, "answer", "b")
    stretches = cut("abcdefgh!", [first, second])
    assert [(stretch.text, stretch.spans) for stretch in stretches] == [
        ("abc", (first,)),
        ("de", (first, second)),
        ("fgh", (second,)),
        ("!", ()),
    ]
