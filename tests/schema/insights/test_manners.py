"""Themes of letters that have nothing in common but their manners; and requests, nicely asked."""

from __future__ import annotations

import pytest

from schema.insights.courtesies import are_manners

MANNERS = {
    "en": [
        "We would be extremely grateful if you could provide us with your assistance",
        "Your prompt attention to this matter is greatly appreciated",
        "Please provide a solution at your earliest convenience",
        "Please let us know if additional details are required for this",
    ],
    "de": [
        "Bitte teilen Sie uns mit, ob weitere Details erforderlich sind",
        "Ich wäre Ihnen für eine rasche Antwort sehr dankbar",
        "Wir würden eine zeitnahe Lösung sehr zu schätzen wissen",
        "Bitte lassen Sie mich wissen, ob Sie weitere Informationen benötigen",
    ],
}
MATTERS = {
    "their support": [
        "Customer support never answers",
        "The support team is rude and slow",
        "Support ignored my emails for weeks",
        "No help from customer service",
    ],
    "nicely asked": [
        "Please add a dark mode",
        "Pls fix the login crash on Android",
        "Please bring back the old keyboard layout",
        "Please make the font bigger",
    ],
    "zips": ["The zip broke after a week", "Thank you, but the zipper is broken", "zip stuck"],
    "nothing": [],
}


@pytest.mark.parametrize("texts", MANNERS.values(), ids=MANNERS)
def test_what_only_asks_and_thanks_is_manners(texts: list[str]) -> None:
    assert are_manners(texts)


@pytest.mark.parametrize("texts", MATTERS.values(), ids=MATTERS)
def test_what_is_about_something_is_not(texts: list[str]) -> None:
    assert not are_manners(texts)
