"""The rules of urgency, read from `signals.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from schema.urgency.signals import Hit, LanguageSignals, Signal
from schema.urgency.words import words_of


@dataclass(frozen=True)
class Rules:
    """Which signals there are, and what they weigh.

    Attributes:
        signals: By name, in the order of the file.
        known: What is known of a document otherwise, and its weight.
        listed_from: The urgency from which on a document is listed.
        finders: By language.
    """

    signals: Mapping[str, Signal]
    known: Mapping[str, float]
    listed_from: float
    finders: Mapping[str, LanguageSignals]

    def find(self, texts: Sequence[str], languages: Sequence[str | None]) -> list[list[Hit]]:
        """Of each text the first place of each signal, in the order of the text.

        Args:
            texts: As the customers wrote them; of some thousands one costs least.
            languages: Of each, whose phrases are looked for; those of all languages if it is not
                known, or none of theirs.
        """
        by_finder: dict[str, list[int]] = {}
        for place, language in enumerate(languages):
            known = (language or "").split("-")[0]
            for one in (known,) if known in self.finders else self.finders:
                by_finder.setdefault(one, []).append(place)
        words = [words_of(text) for text in texts]
        first: list[dict[str, Hit]] = [{} for _ in texts]
        # In the order of the rules, since of two at one place the first counts.
        for finder in self.finders:
            places = by_finder.get(finder, [])
            chosen = [texts[place] for place in places], [words[place] for place in places]
            for number, hits in self.finders[finder].find(*chosen):
                found = first[places[number]]
                for hit in hits:
                    if hit.signal not in found or hit.start < found[hit.signal].start:
                        found[hit.signal] = hit
        return [
            sorted(one.values(), key=lambda hit: (hit.start, hit.end, hit.signal)) for one in first
        ]


def read_rules(content: Mapping[str, Any]) -> Rules:
    """Rules of the content of a file in the form of `signals.toml`."""
    languages = list(content["negations"])
    signals = {
        name: Signal(
            name,
            table["says"],
            table["weight"],
            table.get("alone", True),
            {language: table.get(language, ()) for language in languages},
        )
        for name, table in content["signals"].items()
    }
    finders = {
        language: LanguageSignals(
            list(signals.values()),
            language,
            content["negations"][language],
            content["harmless"].get(language, ()),
        )
        for language in languages
    }
    return Rules(signals, dict(content["known"]), content["listed_from"], finders)


@cache
def default_rules() -> Rules:
    """The rules that come with the project."""
    file = resources.files("schema.urgency").joinpath("signals.toml")
    return read_rules(tomllib.loads(file.read_text("utf-8")))
