"""Looking for words first finds the same as looking for each phrase in each text."""

from __future__ import annotations

import random
import tomllib
from importlib import resources

import pytest

from schema.urgency import Hit, default_rules
from schema.urgency.phrases import any_of, is_negated
from schema.urgency.words import WordIndex, words_of

RULES = default_rules()
CONTENT = tomllib.loads(
    resources.files("schema.urgency").joinpath("signals.toml").read_text("utf-8")
)


def slowly(text: str, language: str | None) -> list[Hit]:
    """What the rules find, by expressions of all phrases."""
    first: dict[str, Hit] = {}
    for known in [language] if language in RULES.finders else RULES.finders:
        assert known is not None
        harmless = tuple(CONTENT["harmless"].get(known, ()))
        spans = [found.span() for found in any_of(harmless).finditer(text)]
        negations = frozenset(CONTENT["negations"][known])
        for name, signal in RULES.signals.items():
            for found in any_of(tuple(signal.phrases[known])).finditer(text):
                start, end = found.span()
                within = any(begin < end and start < behind for begin, behind in spans)
                if within or is_negated(text, start, negations):
                    continue
                if name not in first or start < first[name].start:
                    first[name] = Hit(name, start, end)
                break
    return sorted(first.values(), key=lambda hit: (hit.start, hit.end, hit.signal))


def texts(chance: random.Random, language: str, count: int) -> list[str]:
    """Texts of pieces of phrases, so that many hold some, and more hold nearly one."""
    phrases = [one for signal in RULES.signals.values() for one in signal.phrases[language]]
    phrases += [*CONTENT["harmless"][language], *CONTENT["negations"][language]]
    made = []
    for _ in range(count):
        said = []
        for phrase in chance.sample(phrases, 4):
            words = [chance.choice(one.split("/")).replace("*", "s") for one in phrase.split()]
            said += [word for word in words if chance.random() < 0.95 and word != "..."]
            said += chance.sample(["the", "not", "x", "so", "DAS", "it’s", "1st"], 2)
        between = [" ", " ", " ", "-", ", ", "\n", ". ", "'", " “"]
        made.append("".join(word + chance.choice(between) for word in said))
    return made


@pytest.mark.parametrize("language", [*RULES.finders, None])
def test_the_same_is_found_as_by_looking_for_every_phrase(language: str | None) -> None:
    """Also behind the thousand texts from which it learns which words are rare."""
    chance = random.Random(20)
    several = [texts(chance, one, 160) for one in RULES.finders if language in (None, one)]
    made = [text for some in several for text in some]
    found = RULES.find(made * 2, [language] * len(made) * 2)
    expected = [slowly(text, language) for text in made]
    assert found == expected * 2
    assert RULES.find(made[:50], [language] * 50) == expected[:50]
    assert sum(map(bool, expected)) > len(made) / 4


def test_many_words_are_forgotten_and_learnt_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schema.urgency.words._REMEMBERED", 10)
    index = WordIndex(["caught fire", "frist*los"])
    for number in range(50):
        said = [words_of(f"It caught fire {number}"), words_of("Fristlos"), words_of("caught")]
        assert index.find(said) == {0: [0], 1: [1]}


def test_words_are_those_that_expressions_see() -> None:
    assert words_of("It's A-OK_1, İSTANBUL") == words_of("it s a ok_1 istanbul")
    assert words_of("STRASSE") == words_of("straße") == [b"strasse"]
