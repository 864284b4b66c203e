"""Languages: what files, options and models call them, read as one code by all commands.

What a language is called is known to `langcodes` (CLDR and Wiktionary). Rows without an id are told
apart by what was read of them, their language too: a value that is read otherwise than before makes
new rows of old ones. `tests/schema/test_languages.py` holds those readings.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from langcodes import Language, tag_is_valid
from langcodes.data_dicts import LANGUAGE_ALPHA3, NORMALIZED_MACROLANGUAGES
from langcodes.tag_parser import LanguageTagError
from language_data.names import get_trie_value, load_trie, normalize_name
from language_data.util import data_filename

#: What a document of which nobody said the language counts as.
DEFAULT_LANGUAGE = "en"

#: Characters of a value that are looked at; no name of a language has as many.
MAX_NAME_LENGTH = 80

_HEAD = re.compile(r"[^\W\d_]+")
_TAG = re.compile(r"[a-z]{2,3}(?=$|[-_])")
#: What CLDR replaces otherwise than ISO 639-1 would: Tagalog by Filipino, and Mandarin by nothing.
_PREFERRED = {"fil": "tl", "cmn": "zh"}
#: Codes of small languages that are words, or marks of a missing value, in a column of languages.
_WORDS = frozenset(
    ["abc", "all", "any", "app", "def", "etc", "mis", "mix", "mul", "nan", "new", "nil", "non"]
    + ["not", "nul", "old", "sms", "std", "sys", "tba", "tbd", "the", "tmp", "und", "unk", "yes"]
    + ["zxx"]
)
#: Codes of ISO 639-1 with those of ISO 639-3, without the few that were given up.
_ISO_639_1 = {
    code: alpha3
    for code, alpha3 in LANGUAGE_ALPHA3.items()
    if len(code) == 2 and code not in ("in", "iw", "ji", "jw", "mo", "sh")
}

#: A name that is missing among the others, since two languages have it.
_OTHER_NAMES = {"hindi": "hi"}

#: Written forms of one language.
_FORMS = {"nb": "no", "nn": "no"}

#: What else a model may call a language, beside what CLDR says: of a macrolanguage, the language
#: that is meant as a rule (Bokmål); `ns` is M2M100's for Northern Sotho.
_OTHER_CODES = {
    "ff": ("fuv",),
    "no": ("nob",),
    "ns": ("nso",),
    "ps": ("pbt",),
    "qu": ("quy",),
    "tl": ("fil",),
}


def read_language(value: object) -> str | None:
    """The code of `de-AT`, `DE`, `deu`, `German` or `Deutsch`: `de`.

    Returns:
        A code of ISO 639-1; of a language that has none, that of ISO 639-3; None for what is no
        language.
    """
    if not isinstance(value, str):
        return None
    return _read(value.strip()[:MAX_NAME_LENGTH])


def fold_language(code: str) -> str:
    """The language that a code is one form of: `no` for `nb` and `nn`, which a model that knows
    Norwegian reads alike; any other code is itself.
    """
    return _FORMS.get(code, code)


def related_codes(language: str) -> list[str]:
    """All codes under which a language may be known, its own first; only that if nothing is known.

    Args:
        language: A code of ISO 639-1 or 639-3, e.g. `no`.

    Returns:
        E.g. `no`, `nor`, `nob`, `nb`.
    """
    own = [code for row in _rows() if language in row for code in row]
    kin = [code for row in _rows() if set(row) & set(own) for code in row]
    return list(dict.fromkeys([language, *own, *kin]))


@lru_cache(maxsize=4096)
def _read(value: str) -> str | None:
    if not (head := _HEAD.match(value)):
        return None
    word, tag = head[0].casefold(), _TAG.match(value.casefold())
    if len(word) in (2, 3) and word.isascii():
        code = _of_code(word)
        if code is not None and (code in _ISO_639_1 or tag):
            return code
    return _of_name(word) or _of_name(value)


def _of_code(word: str) -> str | None:
    if word in _WORDS or not tag_is_valid(word):
        return None
    try:
        code = Language.get(word).language
    except LanguageTagError:
        return None
    return _PREFERRED.get(code or "", code)


def _of_name(name: str) -> str | None:
    """Only languages with a code of two letters: the names of others are words of these."""
    if len(name) < 4 and name.isascii():
        return None
    key = normalize_name(name)
    tag = get_trie_value(_names(), key) if key in _names() else _OTHER_NAMES.get(key)
    if tag is None:
        return None
    code = Language.get(tag).language
    code = _PREFERRED.get(code or "", code)
    return code if code in _ISO_639_1 else None


@cache
def _names() -> Any:
    """Names in all languages, and the codes of what they name. `langcodes.find` looks them up too,
    but also takes what only begins with a name for it."""
    return load_trie(data_filename("trie/und/name_to_language.marisa"))


@cache
def _rows() -> list[list[str]]:
    """For each code of two letters the codes of the same language."""
    main: dict[str, list[str]] = {}
    for single, macrolanguage in NORMALIZED_MACROLANGUAGES.items():
        if len(single) == 3:
            main.setdefault(macrolanguage, []).append(single)
    rows = {code: [code, alpha3, *main.get(code, ())] for code, alpha3 in _ISO_639_1.items()}
    for code, others in _OTHER_CODES.items():
        rows.setdefault(code, [code]).extend(others)
    return list(rows.values())
