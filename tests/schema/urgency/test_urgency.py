"""Urgency: what a person would call about today is listed, and what only sounds like it is not."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from schema.urgency import Known, Urgency, default_rules, urgency_of
from schema.urgency.phrases import any_of
from schema.urgency.words import WordIndex, words_of

TEXTS = tomllib.loads(Path(__file__).with_name("texts.toml").read_text("utf-8"))["text"]
RULES = default_rules()


def urgency(text: str, language: str | None = "en", **known: Any) -> Urgency:
    return urgency_of(RULES.find([text], [language])[0], Known(**known), RULES)


def signals(text: str, language: str | None = "en") -> list[str]:
    return [hit.signal for hit in urgency(text, language).hits]


@pytest.mark.parametrize(
    ("with_polarity", "with_language", "precision", "recall"),
    [(False, True, 30 / 32, 1.0), (True, True, 1.0, 1.0), (False, False, 30 / 32, 1.0)],
)
def test_what_a_person_would_call_about_is_listed(
    with_polarity: bool, with_language: bool, precision: float, recall: float
) -> None:
    """Signals alone, with the polarity that a person gives, and without a known language."""
    assert len(TEXTS) == 60
    right = listed = 0
    for one in TEXTS:
        known = {"polarity": one["polarity"]} if with_polarity else {}
        found = urgency(one["text"], one["language"] if with_language else None, **known)
        listed += found.is_listed
        right += found.is_listed and one["call"]
    assert right / listed >= precision
    assert right / sum(one["call"] for one in TEXTS) >= recall


def test_a_place_is_where_the_text_says_so() -> None:
    text = "Hello. The lamp caught fire, and nobody answers my mails."
    found = urgency(text, polarity="negative")
    assert [(hit.signal, text[hit.start : hit.end]) for hit in found.hits] == [
        ("safety", "caught fire"),
        ("repeated", "nobody answers"),
    ]
    assert list(found.reasons) == [
        "safety or injury",
        "asked again and again without an answer",
        "negative",
    ]
    assert found.score == 6 + 3 + 1


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("It did not catch fire.", "en"),
        ("I was never charged twice.", "en"),
        ("Ich werde nicht kündigen.", "de"),
        ("Je ne veux pas résilier.", "fr"),
        ("No quiero darme de baja.", "es"),
        ("Non voglio disdire.", "it"),
        ("Ik wil niet opzeggen.", "nl"),
        ("Não vou cancelar a assinatura.", "pt"),
        ("I uninstalled and reinstalled it twice, the levels are still gone.", "en"),
        ("It came with the phone and I can't even uninstall it.", "en"),
    ],
)
def test_what_is_denied_is_no_signal(text: str, language: str) -> None:
    assert signals(text, language) == []


def test_a_negation_reaches_no_further_than_its_clause() -> None:
    assert signals("It does not work, it caught fire.") == ["safety"]
    assert signals("I am not happy and frankly tired of it and will sue you.") == ["legal"]


@pytest.mark.parametrize(
    "text", ["Pissued", "The suede caught firewood", "the cancellation policy"]
)
def test_phrases_are_whole_words(text: str) -> None:
    assert signals(text) == []


def test_case_and_typographic_apostrophes_do_not_matter() -> None:
    assert signals("IT CAUGHT FIRE") == ["safety"]
    assert signals("We won’t renew.") == signals("We won't renew.") == ["leaves"]


def test_what_is_known_weighs_too() -> None:
    text = "Please close my account."
    assert urgency(text).is_listed
    assert urgency(text, polarity="negative", rating=0.2, complaint=True).score == 3 + 1 + 1 + 1
    assert not urgency(text, polarity="positive").is_listed
    assert not urgency(text, rating=0.8).is_listed


def test_an_intent_of_leaving_is_a_signal_without_a_quote_and_counts_once() -> None:
    found = urgency("That was it between us.", leaves=True)
    assert (found.score, list(found.hits), found.is_listed) == (3, [], True)
    assert urgency("Please close my account.", leaves=True).score == 3


def test_a_deadline_lists_nothing_by_itself() -> None:
    late = urgency("I need it asap", polarity="negative", rating=0.2, complaint=True)
    assert late.score >= RULES.listed_from and not late.is_listed
    assert urgency("Nothing is wrong.", polarity="negative", rating=0.2).is_listed is False


def test_phrases_of_every_language_can_be_found() -> None:
    for signal in RULES.signals.values():
        assert set(signal.phrases) == set(RULES.finders)
        for language, phrases in signal.phrases.items():
            for phrase in phrases:
                said = " ".join(word.split("/")[0].replace("*", "") for word in phrase.split())
                said = said.replace(" ... ", " ")
                found = RULES.find([said], [language])[0]
                assert signal.name in {hit.signal for hit in found}, (language, phrase)


def test_whatever_a_phrase_matches_has_its_words() -> None:
    """Or it would not be looked for: in any case, and with any apostrophe or none."""
    for signal in RULES.signals.values():
        for phrase in (one for phrases in signal.phrases.values() for one in phrases):
            index = WordIndex([phrase])
            said = " ".join(word.split("/")[-1].replace("*", "") for word in phrase.split())
            said = said.replace(" ... ", " then ")
            same = [said, said.upper(), said.title(), said.replace("'", "’"), said.replace("'", "")]
            same += [said.replace("s", "ſ"), said.replace("i", "İ"), said.replace("i", "ı")]
            same += [f"\u0345{said}\u0307x", f"x'{said}'x", said.replace(" ", "'"), f"a-{said}-b"]
            for text in same:
                if any_of((phrase,)).search(text):
                    assert index.find([words_of(text)]) == {0: [0]}, text


def test_a_display_that_is_too_bright_injures_nobody() -> None:
    assert signals("Dark mode burns my eyes because the text is pure white.") == []
    assert signals("The kettle burns my fingers.") == ["safety"]


@pytest.mark.parametrize(
    "text",
    [
        "Lovely cross stitches on the sleeves, and all other stitches are intact.",
        "After washing it a third time the seam came apart.",
        "I had my eye on this coat for months and bought it in the sale.",
        "Careful, the dark dye was bleeding onto my sofa.",
        "I almost ignored my instinct and kept it.",
        "It is my last order of the year, for my sister.",
        "I have a sports injury, so I sized up.",
        "The levels with exploding bubbles are fun.",
        "Before switching to this brand I bought the cheap ones.",
    ],
)
def test_ordinary_words_of_reviews_are_no_emergency(text: str) -> None:
    assert not urgency(text, "en").is_listed


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The blade slipped and I needed six stitches.", "en"),
        ("This is the third time I have called about it.", "en"),
        ("We have been waiting for a part for months.", "en"),
        ("My daughter was injured when the strap broke.", "en"),
        ("Ich rufe nun zum dritten Mal bei Ihnen an.", "de"),
        ("Wir warten seit Wochen auf das Ersatzteil.", "de"),
        ("He llamado varias veces y nadie me ayuda.", "es"),
        ("J'attends depuis des semaines.", "fr"),
    ],
)
def test_who_waits_or_was_hurt_is_listed(text: str, language: str) -> None:
    assert urgency(text, language).is_listed
