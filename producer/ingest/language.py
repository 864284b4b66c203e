"""Languages as exports write them, read as ISO 639-1 codes."""

from __future__ import annotations

import re

_ISO_639_1 = """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da
    de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz
    ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln
    lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi
    pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti
    tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
_CODES = frozenset(_ISO_639_1.split())

#: Three-letter codes (ISO 639-2 and -3) and names, of the languages that are met most.
_OTHERS = {
    other: code
    for code, others in {
        "ar": "ara arabic",
        "bg": "bul bulgarian",
        "cs": "ces cze czech čeština",
        "da": "dan danish dansk",
        "de": "deu ger german deutsch",
        "el": "ell gre greek",
        "en": "eng english",
        "es": "spa spanish español castilian",
        "et": "est estonian",
        "fa": "fas per persian farsi",
        "fi": "fin finnish suomi",
        "fr": "fra fre french français",
        "he": "heb hebrew iw",
        "hi": "hin hindi",
        "hr": "hrv croatian",
        "hu": "hun hungarian magyar",
        "id": "ind indonesian in",
        "it": "ita italian italiano",
        "ja": "jpn japanese",
        "ko": "kor korean",
        "lt": "lit lithuanian",
        "lv": "lav latvian",
        "nl": "nld dut dutch nederlands",
        "no": "nor norwegian norsk",
        "pl": "pol polish polski",
        "pt": "por portuguese português",
        "ro": "ron rum romanian",
        "ru": "rus russian",
        "sk": "slk slo slovak",
        "sl": "slv slovenian",
        "sr": "srp serbian",
        "sv": "swe swedish svenska",
        "th": "tha thai",
        "tr": "tur turkish türkçe",
        "uk": "ukr ukrainian",
        "vi": "vie vietnamese",
        "zh": "zho chi cmn chinese mandarin",
    }.items()
    for other in others.split()
}

_HEAD = re.compile(r"[^\W\d_]+")


def read_language(value: object) -> str | None:
    """The ISO 639-1 code of `de-AT`, `DE`, `deu` or `German`; None for anything else."""
    if not isinstance(value, str) or not (head := _HEAD.match(value.strip())):
        return None
    word = head[0].casefold()
    return word if word in _CODES else _OTHERS.get(word)
