"""Which parts of a text are sentences of it."""

from __future__ import annotations

import pytest

from workers.extraction.sentences import whole_sentences


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in whole_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It broke. I want my money back!", ["It broke.", "I want my money back!"]),
        ("", []),
        (" \n ", []),
        ("...", []),
        ("no mark at all", ["no mark at all"]),
        # A smiley is no sentence of its own.
        ("Great! :-) \nThanks.", ["Great!", "Thanks."]),
        # Lines that a mail program has wrapped.
        (
            "The parcel came on Monday and the\nbox was open. Please send\na new one.",
            ["The parcel came on Monday and the\nbox was open.", "Please send\na new one."],
        ),
        # A list is no wrapped line.
        ("Broken:\nThe zip\nThe lining", ["Broken:", "The zip", "The lining"]),
        # Nor is what a blank line is before.
        ("Dear shop\n\nyour parcel is late.", ["Dear shop", "your parcel is late."]),
    ],
)
def test_sentences_are_whole(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_places_are_of_the_text() -> None:
    text = "  Herr Dr. Meier kam am 3. März.  „Alles gut?“"
    spans = whole_sentences(text)
    assert [text[start:end] for start, end in spans] == [
        "Herr Dr. Meier kam am 3. März.",
        "„Alles gut?“",
    ]
