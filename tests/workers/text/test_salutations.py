"""Salutations in seven languages, and what only begins like one."""

from __future__ import annotations

import pytest

from workers.text.salutations import after_salutation

SALUTATIONS = [
    "Hello,",
    "Hi there!",
    "Hello Customer Support,",
    "Dear Sir or Madam,",
    "Dear Tech Online Store Customer Support,",
    "Dear Customer Support Team,\n",
    "Support-Team,",
    "Customer Support Team,",
    "Hallo Team,\n",
    "Liebes Support-Team und FleetIQ,",
    "Sehr geehrte Damen und Herren,",
    "Sehr geehrtes Support-Team,",
    "Guten Tag!",
    "Bonjour,",
    "Chère équipe de support,",
    "Madame, Monsieur,",
    "Estimado equipo de soporte:",
    "Hola,",
    "Prezado atendimento ao cliente,",
    "Olá equipe,",
    "Gentile servizio clienti,",
    "Geachte klantenservice,",
    "Beste klantenservice,",
]
OTHERS = [
    "Liebe dieses Kleid, ich trage es oft.",
    "Liebe es, aber zu teuer.",
    "Caro, mas bom.",
    "Caro demais, não compro.",
    "Beste App, die ich je hatte.",
    "Dear, but good.",
    "Dear customers are charged twice while others pay nothing.",
    "Hello Fresh box arrived warm, again.",
    "Customer service, terrible!",
    "The team never answered, twice.",
    "Hi-fi sound, great.",
    "My team, all of us, waits.",
    "Chère, mais jolie.",
    "All good, thanks.",
    "",
]
REST = "the zip broke after a week."


@pytest.mark.parametrize("salutation", SALUTATIONS)
def test_what_a_letter_begins_with_says_nothing(salutation: str) -> None:
    text = f"{salutation} {REST}"
    assert text[after_salutation(text, 0, len(text)) :].strip() == REST


@pytest.mark.parametrize("salutation", ["Hello", "Dear Sir or Madam", "Support-Team"])
def test_alone_in_its_line_it_needs_no_comma(salutation: str) -> None:
    assert after_salutation(salutation, 0, len(salutation)) == len(salutation)


@pytest.mark.parametrize("text", OTHERS)
def test_what_says_something_is_none(text: str) -> None:
    assert after_salutation(text, 0, len(text)) == 0


def test_it_is_looked_for_where_the_sentence_begins() -> None:
    text = f"Zip broken\n\nHello Team, {REST}"
    start = text.index("Hello")
    assert text[after_salutation(text, start, len(text)) :].strip() == REST
    assert after_salutation(text, 0, start) == 0
