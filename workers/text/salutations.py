"""Salutations: how a letter addresses its reader, before it says anything."""

from __future__ import annotations

import re

#: With which a letter begins, whoever is addressed.
_GREETINGS = (
    "hello|hi|hey|greetings|good (?:day|morning|afternoon|evening)|hallo|guten (?:tag|morgen|abend)"
    "|moin|servus|bonjour|bonsoir|salut|mesdames,? messieurs|madame,? monsieur|hola"
    "|buen(?:os|as) (?:d[ií]as|tardes|noches)|ol[aá]|bom dia|boa (?:tarde|noite)|ciao|salve"
    "|buongiorno|buonasera|hoi|goede(?:morgen|middag|ndag|navond)"
)
#: Likewise, where one of `_READERS` follows: alone they may be "expensive", "love" or "best".
_DEAR = (
    "dear|liebe[rs]?|sehr geehrte[rsn]?|werte[rs]?|ch[eè]re?s?|estimad[oa]s?|querid[oa]s?"
    "|prezad[oa]s?|car[oaie]|gentil[ei]|spettabile|egregi[oa]|geachte|beste"
)
#: To whom letters are written.
_READERS = (
    r"[\w-]*(?:team|support)s?|everyone|all|folks|guys|there|sirs?|madams?|[\w-]*customers?|desk"
    r"|service|care|alle|zusammen|leute|[\w-]*kunden[\w-]*|damen|herren|herr|frau|equipo|se[nñ]or"
    r"(?:a|es|as)?|servicio|atenci[oó]n|soporte|[eé]quipe|messieurs|mesdames|madame|monsieur|tous"
    r"|client(?:e|es|i|s)?|atendimento|suporte|senhor(?:a|es|as)?|assistenza|servizio|signor[aei]?"
    r"|tutti|[\w-]*klant[\w-]*|heer|heren|mevrouw|dames|allemaal"
)
_BETWEEN = (
    r"or|and|und|oder|y|o|et|ou|e|en|of|at|de|du|des|do|da|di|del|al|ao|à|von|van|the|das|den"
)
#: Words of an address behind the first.
_MOST = 6
_NAMES = r"(?-i:[^\W\d_a-zß-ÿ][\w.'’-]*)"
_WORDS = rf"(?:[^\S\n]+(?:{_READERS}|{_BETWEEN}|{_NAMES})\b){{0,{_MOST}}}"
_SALUTATION = re.compile(
    rf"(?:(?:{_GREETINGS})\b{_WORDS}"
    rf"|(?=[^,\n!:]*?[^\S\n](?:{_READERS})\b)(?:{_DEAR})\b{_WORDS}"
    r"|(?:(?:an|to) (?:das|den|the) )?(?:(?:customer|technical|tech|it|kunden)[ -])?"
    r"(?:(?:support|service|care)[ -]?)?team)"
    r"[^\S\n]*(?:[,:!][^\S\n]*\n?|\n)",
    re.IGNORECASE,
)


def after_salutation(text: str, start: int, end: int) -> int:
    """Where a sentence begins to say something.

    Args:
        text: Any text.
        start: Of a sentence in it.
        end: Behind the sentence.

    Returns:
        The place behind the salutation that the sentence begins with, `end` if it is nothing else;
        `start` where it begins with none.
    """
    # A sentence that is a salutation alone may end without a comma.
    found = _SALUTATION.match(f"{text[start:end]}\n")
    return min(start + found.end(), end) if found else start
