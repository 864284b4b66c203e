"""What only praises or scolds, in seven languages, and what also says what of."""

from __future__ import annotations

import pytest

from schema.insights.verdicts import is_verdict

VERDICTS = [
    "Amazing!",
    "Good app",
    "Best game I've ever played",
    "Absolute rubbish.",
    "Would give 0 stars if I could",
    "fine so far",
    "Overall a good game",
    "I love it so much",
    "Waste of time",
    "Sehr gut, bin rundum zufrieden",
    "Absoluter Schrott!",
    "Très bon produit",
    "Je suis très déçu",
    "Muy buen producto, lo recomiendo",
    "Pésima experiencia",
    "Ottimo prodotto",
    "Péssimo, não recomendo",
    "Heel slecht product",
]
MATTERS = [
    "Amazing graphics",
    "The good thing is that the zip no longer breaks",
    "Not worth the price",
    "Waste of money",
    "Doesn't work",
    "It works well",
    "Poorly made",
    "Great customer service",
    "Too many ads, otherwise a good game",
    "I would like a refund",
    "Bad update",
    "Sehr gute Verarbeitung",
    "Der Akku ist schlecht",
    "Mauvaise odeur",
    "Muy buena calidad",
    "Spedizione pessima",
    "A entrega foi péssima",
    "Slechte bezorging",
    "Dear team",
    "",
    "...",
]


@pytest.mark.parametrize("text", VERDICTS)
def test_a_verdict_is_known(text: str) -> None:
    assert is_verdict(text)


@pytest.mark.parametrize("text", MATTERS)
def test_what_says_what_it_is_about_is_none(text: str) -> None:
    assert not is_verdict(text)
