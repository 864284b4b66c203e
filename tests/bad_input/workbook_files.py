"""Workbooks of Excel, by themselves and in a zip archive, of good rows and bad ones."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.bad_input.example import TEXT_LIMIT, Example, Good, Known
from tests.bad_input.texts import NO_TEXTS, with_words
from tests.support.workbooks import Cell, pack, write_xlsx

#: What XML can hold as it is; a workbook writes other characters as `_x000D_`.
_CHARACTERS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="_\ufffe\uffff")
_TEXTS = st.one_of(
    st.text(_CHARACTERS, max_size=30),
    st.sampled_from(["=1+1", '"', "a,b;c", "line\nend", "<b>&amp;</b>", "😀", "\u202eabc", "null"]),
).map(with_words)
_NUMBERS = st.one_of(st.integers(-(10**9), 10**9), st.floats(0.25, 1e6).map(lambda x: x + 0.125))


@st.composite
def workbook_files(draw: st.DrawFn, packed: bool = False) -> Example:
    """Workbooks of 1 to 10 rows, with a title above the header or without."""
    kinds = draw(st.lists(st.sampled_from(["good"] * 4 + ["none", "blank", "long"]), max_size=9))
    rows: list[list[Cell]] = []
    good: list[Good] = []
    for number, kind in enumerate(["good", *kinds]):
        stars = draw(_NUMBERS)
        if kind == "good":
            text = draw(_TEXTS)
            good.append(Good(f"k{number}", text, {"stars": stars}))
            rows.append([f"k{number}", text, stars])
        elif kind == "blank":
            rows.append([None, None, None])
        else:
            text = draw(NO_TEXTS) if kind == "none" else "x" * (TEXT_LIMIT + 1)
            rows.append([f"k{number}", text, stars])
    title: list[list[Cell]] = [["Feedback of May"], []] if draw(st.booleans()) else []
    content = write_xlsx({"Feedback": [*title, ["id", "text", "stars"], *rows]})
    if packed:
        content = pack({"autumn.xlsx": content})
    rejected = sum(kind in ("none", "long") for kind in kinds)
    return Example(
        "autumn.zip" if packed else draw(st.sampled_from(["autumn.xlsx", "autumn.csv"])),
        content,
        (),
        # The members of an archive have names of their own in what is said.
        None if packed else Known(tuple(good), 0, rejected),
    )
