"""Where sentences end, for texts that are too long for a model and go through it in pieces.

Rules and not a model: a border put a word too early or too late costs a piece a little context,
never a character. They follow the sentence breaks of Unicode Standard Annex 29, section 5, with
abbreviations, ordinals and line breaks added, because feedback is full of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

#: Words that end in a full stop inside a sentence (English, German, French, Spanish, Italian,
#: Dutch), lower case, without the stop. Words with stops inside ("e.g.", "z.B.") need no entry.
_ABBREVIATED = (
    "abs approx apt apr art aug av avda bd bzgl bzw ca capt cf chap cie co corp dec dept dez "
    "dott dpto dr dra ed eds eig env esp est etc evtl exc excl ext fam feb ff fig ggf gmbh gov "
    "hr hrsg inc incl ing inkl jan jr jul jun lic ltd mar max mevr mfg mgr min mio mlle mme mr "
    "mrd mrs ms mt mtl mwst nov nr num núm oct okt ord pag pág phd pl pp prof ref reg rep rev "
    "sep sept sgt sig sr sra srta st sta str tel temp tsd urspr usw ust vgl vol vs zzgl zzt "
)
ABBREVIATIONS = frozenset(_ABBREVIATED.split())

# Possessive quantifiers and the lookbehind keep a run of 100,000 stops linear.
_CLOSERS = r"""["'”’»›)\]}」』】〉》）*]*+(?:[ \u00a0\u202f]»)?+"""
_BORDER = re.compile(
    rf"""
    (?P<wide> [。！？｡．।۔؟]++ {_CLOSERS} \s*+ )  # scripts that put no space after it
    | (?<![.!?…‽]) (?P<marks> [.!?…‽]++ ) {_CLOSERS} (?: \s++ | \Z )
    | \n \s*+
    """,
    re.VERBOSE,
)
_OPENERS = re.compile(r"""["'“‘„«‹(\[{¿¡*\-–—\s]*+""")
_WORD = re.compile(r"[^\s\"'“”‘’«»()\[\]{}/]*\Z")
_LONGEST_WORD = 40


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """The sentences of a text.

    Returns:
        (start, end) in characters, in order: they cover the text without gap or overlap, none is
        empty, and the space after a sentence belongs to it. No spans for an empty text.
    """
    ends = [*_borders(text), len(text)] if text else []
    return list(zip([0, *ends], ends, strict=False))


def _borders(text: str) -> Iterator[int]:
    for match in _BORDER.finditer(text):
        inner = match.end() < len(text)
        if inner and (match["marks"] is None or "\n" in match[0] or _ends_sentence(text, match)):
            yield match.end()


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    marks = match["marks"]
    if marks.strip(".…"):
        return True
    if len(marks) > 1 or marks == "…":
        return not _after_openers(text, match.end()).islower()
    stop = match.start()
    found = _WORD.search(text, max(0, stop - _LONGEST_WORD), stop)
    word = found[0].lower() if found else ""
    if word.isdecimal():
        return len(word) > 2  # "am 3. März" and "2. It broke", but "since 2019. Never"
    if "." in word:
        return any(len(part) > 2 or part.isdecimal() for part in word.split("."))
    return len(word) != 1 and word not in ABBREVIATIONS


def _after_openers(text: str, position: int) -> str:
    found = _OPENERS.match(text, position)
    end = found.end() if found else position
    return text[end : end + 1]
