"""The texts behind figures: a bounded amount, whatever customers write."""

from __future__ import annotations

from producer.page.texts import TEXT_BYTES, Text, TextIndex, shorten


def text(number: int, said: str) -> Text:
    return Text(number, "shop", None, None, None, None, None, None, said)


def test_a_text_that_fits_is_left_as_it_is() -> None:
    assert shorten([text(1, "short")]) == [text(1, "short")]


def test_many_long_texts_are_cut_alike_until_all_fit() -> None:
    cut = shorten([text(number, "語" * 10_000) for number in range(1_000)])
    assert sum(len(one.text.encode()) for one in cut) <= TEXT_BYTES
    assert {len(one.text) + one.left_out for one in cut} == {10_000}
    assert {len(one.text) for one in cut} == {250}


def test_a_figure_without_texts_cannot_be_opened() -> None:
    index = TextIndex()
    assert index.add("empty", "Nothing", 0, []) == ""
    assert index.add("one", "Something", 3, [5, 5, 4]) == "one"
    assert index.behind["one"].ids == (5, 4)
    assert set(index.behind) == {"one"}
