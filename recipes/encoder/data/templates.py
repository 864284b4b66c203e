"""Templates of sentences by language and section; some are measured and never trained on."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Container
from pathlib import Path

from recipes.encoder.data.files import held_out
from recipes.text.grammar import Lexicon, expand

#: Of the templates of a section that are measured and never trained on.
MEASURED = 0.2


class Templates:
    """Those of a file, in the syntax of `recipes/text/grammar.py`: a table for each language, and
    its words in `LANGUAGE.words`.

    Args:
        path: The file.
        slots: What fills slots in every language, beside its words.
        measured: Of the templates that are held out, in place of those to train on.
        parted: The sections of which some are held out; None for all. Others are whole on both
            sides, as is one of which nothing would be left.
    """

    def __init__(
        self, path: Path, slots: Lexicon, measured: bool, parted: Container[str] | None = None
    ) -> None:
        self._lexicons: dict[str, Lexicon] = {}
        self._sections: dict[str, dict[str, list[str]]] = {}
        for language, tables in tomllib.loads(path.read_text("utf-8")).items():
            self._lexicons[language] = {**tables.pop("words"), **slots}
            self._sections[language] = {
                section: [one for one in every if held_out(one, MEASURED) == measured] or every[:1]
                if parted is None or section in parted
                else every
                for section, every in tables.items()
            }

    def choose(self, language: str, section: str, rng: random.Random) -> str:
        """One of the templates of a section."""
        return rng.choice(self._sections[language][section])

    def write(self, language: str, template: str, rng: random.Random) -> str:
        """A template with its slots filled."""
        return expand(template, self._lexicons[language], rng).text
