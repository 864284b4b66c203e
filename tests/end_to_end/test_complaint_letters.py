"""The built-in models on letters of complaint, as a person reads them: every analysis at once.

A shop sent the wrong toy. Whoever reads the letter knows that its writer is unhappy, what was
ordered, what came, from which shop and where, what is demanded, and who signed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

pytestmark = pytest.mark.slow

WANTS, WRONG = "What does the customer want?", "What is wrong?"
IN_GERMAN = {WANTS: "Was will der Kunde?", WRONG: "Was ist das Problem?"}
LETTERS = {
    "en": "Dear Wonderbox, on 12 October I ordered the Galaxy Explorer building kit from your "
    "online shop in Ireland for my niece's birthday. When she unwrapped it on Sunday, there was a "
    "Pony Stable in the box. She had been counting the days, and she was heartbroken. I would like "
    "you to swap the Pony Stable for the Galaxy Explorer before the end of the month. A copy of "
    "the invoice is attached. Kind regards, Margaret Doyle",
    "de": "Guten Tag, ich habe bei Wunderkiste in Leipzig einen Roboterhund Rufus für meinen Enkel "
    "bestellt. Im Paket lag aber eine Puppenküche. Der Junge war sehr traurig, und am Telefon "
    "konnte mir niemand helfen. Ich verlange mein Geld zurück. Mit freundlichen Grüßen, "
    "Walter Brandt",
    "praise": "Dear Wonderbox, the Galaxy Explorer building kit arrived two days early, and my "
    "niece has not put it down since. It is beautifully made. Thank you! Margaret Doyle",
}


@pytest.fixture(scope="module")
def said() -> Mapping[str, dict[str, Any]]:
    """What `triage analyze` prints of each letter."""
    rows = [json.dumps({"id": name, "text": text}) for name, text in LETTERS.items()]
    command = [sys.executable, "-m", "producer", "analyze", "-", "--models", "pocket"]
    command += ["--analyses", "language,sentiment,entities,qa,summary,translation"]
    for question in (*IN_GERMAN, *IN_GERMAN.values()):
        command += ["--question", question]
    done = subprocess.run(command, input="\n".join(rows), text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    return {row["id"]: row for row in map(json.loads, done.stdout.splitlines())}


def answers(row: Mapping[str, Any]) -> dict[str, str]:
    return {answer["question"]: answer["answer"] for answer in row["qa"]}


def entities(row: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {(entity["text"], entity["type"]) for entity in row["entities"] if not entity["unsure"]}


def test_who_complains_is_unhappy_and_who_praises_is_not(said: Mapping[str, Any]) -> None:
    polarity = {name: row["sentiment"]["polarity"] for name, row in said.items()}
    assert polarity == {"en": "negative", "de": "negative", "praise": "positive"}
    assert {row["language"]["language"] for row in said.values()} == {"en", "de"}


def test_what_is_demanded_is_found(said: Mapping[str, Any]) -> None:
    assert "swap the Pony Stable for the Galaxy Explorer" in answers(said["en"])[WANTS]
    assert "Geld zurück" in answers(said["de"])[IN_GERMAN[WANTS]]
    assert answers(said["praise"])[WANTS] == ""


def test_what_is_wrong_is_found_and_where_all_is_well_nothing_is(said: Mapping[str, Any]) -> None:
    assert "Pony Stable" in answers(said["en"])[WRONG]
    assert "Puppenküche" in answers(said["de"])[IN_GERMAN[WRONG]]
    assert answers(said["praise"])[WRONG] == ""


def test_shop_place_products_and_signature_are_named(said: Mapping[str, Any]) -> None:
    english, german = entities(said["en"]), entities(said["de"])
    assert {("Wonderbox", "ORG"), ("Ireland", "LOC"), ("Margaret Doyle", "PER")} <= english
    products = {text for text, kind in english if kind == "PROD"}
    assert any("Pony Stable" in text for text in products)
    assert any("Galaxy Explorer" in text for text in products)
    assert {("Wunderkiste", "ORG"), ("Leipzig", "LOC"), ("Walter Brandt", "PER")} <= german


def test_no_entity_is_a_part_of_a_word(said: Mapping[str, Any]) -> None:
    for name, row in said.items():
        for entity in row["entities"]:
            start, end = entity["start"], entity["end"]
            text = f" {LETTERS[name]} "
            assert not (text[start].isalnum() and text[start + 1].isalnum()), entity
            assert not (text[end].isalnum() and text[end + 1].isalnum()), entity
            assert entity["text"] == entity["text"].strip() == LETTERS[name][start:end]


def test_the_summary_is_of_the_letters_own_sentences(said: Mapping[str, Any]) -> None:
    for name, row in said.items():
        for start, end in row["summary"]["sentences"]:
            assert LETTERS[name][start:end] in row["summary"]["text"]
    assert "Pony Stable" in said["en"]["summary"]["text"]
    assert "Puppenküche" in said["de"]["summary"]["text"]


def test_what_is_not_well_translated_is_not_shown(said: Mapping[str, Any]) -> None:
    translation = said["en"]["translation"]
    assert translation.get("not_analysed") == "low confidence" or translation["confidence"] >= 0.65
    # It is in German already.
    assert said["de"]["translation"]["text"] == LETTERS["de"]
