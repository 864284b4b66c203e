from __future__ import annotations

import pytest

from producer.ingest.texts.empty_texts import is_empty_text


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "\t\n", "\u200b\u200b \u200b", "\u200e", "\u202a\u202c", "\u2067 \u2069"),
        *("\ufeff", "\u00ad", "\ufe0f", "\u3164", "\u2800", "\u200b" * 100, " " * 5000),
        *("N/A", "n/a", "NA", "n.a.", "N. A.", " N/A\u200b", "k.A.", "k. A.", "keine Angabe"),
        *("-", "--", "—", "...", "…", ". . .", ".", "/", "_", "-/-", "***", "''", "- - -"),
        *("-" * 500, ". " * 50, "\u200e-\u200e"),
        *("nan", "NaN", "NULL", "<NA>", "NaT", "\\N", "undefined", "[deleted]", "(blank)"),
        *("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#BEZUG!", "#NV", "#¡REF!", "#WERT!"),
    ],
)  # fmt: skip
def test_what_says_nothing(text: str) -> None:
    assert is_empty_text(text)


@pytest.mark.parametrize(
    "text",
    [
        *("ok", "No", "5/5", "👍", "❤️❤️", "?", "!!!", "+", "+1", "1", "none", "None", "nothing"),
        *(":/", ":|", ":-)", "<3", "x", "好", "0", "10", "k", "#FAIL!", "Null and void", "na ja"),
        *("N/A on your page", "." * 39 + " bad", "e\u0301", "שלום\u200f", "not available", "1️⃣"),
    ],
)  # fmt: skip
def test_short_answers_are_answers(text: str) -> None:
    assert not is_empty_text(text)
