"""Texts that say nothing: what people type into a field that they must fill in, and what programs
leave where there was no text.

They would be labelled, and counted as opinions. Short answers (`ok`, `no`, `None`, `5/5`, `👍`,
`?`) are answers.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

#: Longer texts are not looked up: no marker is longer, though blanks may be around it.
MOST_CHARACTERS = 40

#: In lower case, without spaces around full stops and at the ends.
_MARKERS = frozenset(
    {
        # People, in English, German, French, Spanish, Italian.
        *("n/a", "n/a.", "na", "n.a.", "n.a", "n\\a", "n-a", "not applicable"),
        *("k.a.", "k.a", "k/a", "keine angabe", "keine angaben", "nicht zutreffend"),
        *("s/o", "s.o.", "n/d", "n.d.", "nd", "sans objet", "non applicable", "no aplica"),
        *("sin respuesta", "sans réponse", "non applicabile", "no answer given"),
        # Surveys, in the place of an answer.
        *("did not answer", "not answered", "question not answered", "unanswered", "skipped"),
        *("question skipped", "nicht beantwortet", "frage übersprungen", "non répondu"),
        *("sin contestar", "no contestada", "non risposto", "não respondeu", "niet beantwoord"),
        # Programs and databases.
        *("nan", "null", "<na>", "nat", "\\n", "<null>", "(null)", "[null]", "undefined", "nil"),
        *("(blank)", "(empty)", "[deleted]", "[removed]", "<nil>"),
        # Spreadsheets, in English, German, French, Spanish, Italian.
        *("#n/a", "#na", "#ref!", "#value!", "#name?", "#div/0!", "#num!", "#null!", "#spill!"),
        *("#calc!", "#field!", "#blocked!", "#connect!", "#busy!", "#unknown!", "#error!"),
        *("#getting_data", "#nv", "#bezug!", "#wert!", "#zahl!", "#überlauf!", "#valeur!"),
        *("#nom?", "#nombre!", "#nul!", "#¡ref!", "#¡valor!", "#¿nombre?", "#¡div/0!"),
        *("#¡num!", "#¡nulo!", "#rif!", "#valore!", "#nome?", "#n/d"),
    }
)
#: Marks that nobody means anything by when there is nothing else.
_MARKS = frozenset("-–—―−‐‑_.…·•,;:/\\|~*=#'\"`´")
#: Shown as nothing, though Unicode has them as letters or symbols.
_BLANK_SYMBOLS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
#: `:/`, `:|`, `;*` and the like are faces.
_FACE = re.compile(r"[:;=]['-]?[/\\|*#]")
#: Letters and digits; the blank ones are those among `_BLANK_SYMBOLS` that are letters.
_LETTER = re.compile("[^\\W_\u115f\u1160\u3164\uffa0]")
_AROUND_STOPS = re.compile(r"\s*\.\s*")


def is_empty_text(text: str) -> bool:
    """Whether a text says nothing: it is blank or invisible, made of dashes, full stops and the
    like alone, or a marker such as `N/A`, `k.A.`, `nan` or `#REF!`."""
    if _LETTER.search(text):
        # Most texts are decided here, by their first character.
        return len(text) <= MOST_CHARACTERS and _is_marker(text)
    visible = _visible(text)
    if not visible:
        return True
    if _MARKS.issuperset(visible.replace(" ", "")):
        return not _FACE.fullmatch(visible)
    return _is_marker(text)


def is_blank(value: Any) -> bool:
    """Whether a value of any type says nothing."""
    if isinstance(value, str):
        return is_empty_text(value)
    # NaN is not itself.
    return value is None or value != value


def _is_marker(text: str) -> bool:
    return _AROUND_STOPS.sub(".", _visible(text)).casefold() in _MARKERS


def _visible(text: str) -> str:
    """The text without what shows nothing; white space inside of it becomes a space."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(filter(_is_visible_or_space, text))
    return " ".join(text.split())


def _is_visible_or_space(character: str) -> bool:
    if character.isascii():
        return character.isprintable() or character.isspace()
    if character in _BLANK_SYMBOLS:
        return False
    # Cf: joiners, marks of direction, soft hyphens; Mn and Me: accents without a letter, selectors.
    return unicodedata.category(character) not in ("Cc", "Cf", "Mn", "Me")
