"""The rules of urgency, read from `signals.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from schema.urgency.phrases import folded
from schema.urgency.signals import Hit, LanguageSignals, Signal


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

    def find(self, text: str, language: str | None) -> list[Hit]:
        """The first place of each signal, in the order of the text.

        Args:
            text: As the customer wrote it.
            language: Whose phrases are looked for; those of all languages if it is not known, or
                none of theirs.
        """
        chosen = self.finders.get((language or "").split("-")[0])
        finders = self.finders.values() if chosen is None else (chosen,)
        first: dict[str, Hit] = {}
        plain = folded(text)
        for finder in finders:
            for hit in finder.find(text, plain):
                if hit.signal not in first or hit.start < first[hit.signal].start:
                    first[hit.signal] = hit
        return sorted(first.values(), key=lambda hit: (hit.start, hit.end, hit.signal))


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
