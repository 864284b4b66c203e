"""Texts that say nothing: what people type into a field that they must fill in, and what programs
leave where there was no text.

They would be labelled, and counted as opinions. Short answers (`ok`, `no`, `None`, `5/5`, `👍`,
`?`) are answers.
"""

from __future__ import annotations

import re
import unicodedata

#: Longer texts are not looked up: no marker is longer, and marks are repeated only so far.
MOST_CHARACTERS = 40

#: In lower case, without spaces around full stops and at the ends.
_MARKERS = frozenset(
    {
        # People, in English, German, French, Spanish, Italian.
        *("n/a", "n/a.", "na", "n.a.", "n.a", "n\\a", "n-a", "not applicable"),
        *("k.a.", "k.a", "k/a", "keine angabe", "keine angaben", "nicht zutreffend"),
        *("s/o", "s.o.", "n/d", "n.d.", "nd", "sans objet", "non applicable", "no aplica"),
        *("sin respuesta", "sans réponse", "non applicabile", "no answer given"),
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
_AROUND_STOPS = re.compile(r"\s*\.\s*")


def is_empty_text(text: str) -> bool:
    """Whether a text says nothing: it is blank or invisible, made of dashes, full stops and the
    like alone, or a marker such as `N/A`, `k.A.`, `nan` or `#REF!`."""
    if len(text) > MOST_CHARACTERS:
        # Most texts are decided by their first character.
        return not any(map(is_visible, text))
    visible = "".join(filter(is_visible_or_space, text)).strip()
    if not visible:
        return True
    if _MARKS.issuperset(visible) or _MARKS.issuperset(visible.replace(" ", "")):
        return not _FACE.fullmatch(visible)
    return _AROUND_STOPS.sub(".", visible).casefold() in _MARKERS


def is_visible(character: str) -> bool:
    """Whether a character shows anything: no white space, control, mark of direction or joiner."""
    return is_visible_or_space(character) and not character.isspace()


def is_visible_or_space(character: str) -> bool:
    """The same, or white space."""
    if character.isascii():
        return character.isprintable() or character.isspace()
    if character in _BLANK_SYMBOLS:
        return False
    # Cf: joiners, marks of direction, soft hyphens; Mn and Me: accents without a letter, selectors.
    return unicodedata.category(character) not in ("Cc", "Cf", "Mn", "Me")
