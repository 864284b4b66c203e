"""Texts and cells that are allowed, however odd."""

from __future__ import annotations

from hypothesis import strategies as st

from producer.ingest.texts.empty_texts import is_empty_text

CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")

ODD = (
    *("=1+1", '=HYPERLINK("file:///x","y")', "+49 30 1234", "-2+3", "@SUM(A1)", "\t=1", "|cmd"),
    *('"', '""', '"""', "'", ",", ";", "|", "\t", ',"', '",', '","', '"\n', "a\rb", "a\r\nb", "\n"),
    *("\ufeffx", "\u2028", "\x85", "\x1b[31mred", "e\u0301", "\U0001f600", "\u202eabc", "\x7f"),
    *(
        "\\N",
        "\\",
        "\\u0000",
        "{}",
        "[[[",
        "null",
        "NaN",
        "True",
        "0",
        "-",
        " ",
        "\u200b",
        "\ufffd",
    ),
)

#: Cells that say anything or nothing.
CELLS = st.one_of(
    st.text(CHARACTERS, max_size=12), st.sampled_from(ODD), st.sampled_from(["", "x" * 3_000])
)


def with_words(text: str) -> str:
    """So that it does not say nothing; `#VALEUR!` of a spreadsheet says nothing."""
    says = sum(map(str.isalnum, text)) > 5 and not is_empty_text(text)
    return text if says else f"{text}a few words"


#: Texts that say something.
SHORT_TEXTS = st.one_of(
    st.text(CHARACTERS, max_size=30),
    st.lists(st.sampled_from(ODD), min_size=1, max_size=4).map("".join),
).map(with_words)

#: The same, and some that are nearly too long.
GOOD_TEXTS = SHORT_TEXTS | st.sampled_from(["x" * 1_500, "\U0001f600" * 400])

#: Texts that say nothing.
NO_TEXTS = st.sampled_from(["", " ", "\t ", "NaN", "null", "\u200b", "#N/A", "\u00a0"])


def in_codec(text: str, codec: str) -> str:
    """The text without what the codec does not have."""
    if codec.startswith(("utf", "gb18030")):
        return text
    return "".join(c for c in text if c.encode(codec, "ignore").decode(codec, "ignore") == c)
