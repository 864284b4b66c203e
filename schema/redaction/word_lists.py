"""The words that rules go by, from `names.toml` and `numbers.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any

#: Letters that a name can begin with: those of Latin, Greek and Cyrillic script.
UPPER = "".join(chr(code) for code in range(0x41, 0x530) if chr(code).isupper())
#: A word of a name: `Smith`, `O'Brien`, `Jean-Pierre`, `J.`
NAME_WORD = rf"[{UPPER}](?:\w*(?:['’][{UPPER}]?\w+|-[{UPPER}]\w+)*\w|\.)"


@cache
def word_lists(name: str) -> dict[str, Any]:
    """A file of words."""
    return tomllib.loads(resources.files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))


def in_language(table: dict[str, list[str]], language: str | None) -> list[str]:
    """The words of a language and of English, which is written everywhere; all where the language
    is not known.
    """
    if language is None or language not in table:
        return [word for words in table.values() for word in words]
    return [*table[language], *(table.get("en", ()) if language != "en" else ())]


def one_of(words: Iterable[str]) -> str:
    """A pattern for any of some words, the longest first."""
    ranked = sorted(set(words), key=lambda word: (-len(word), word))
    return "|".join(re.escape(word) for word in ranked)


def base_language(language: str | None) -> str | None:
    """`de` of `de-AT`."""
    return None if not language else language.replace("_", "-").split("-")[0].lower()
