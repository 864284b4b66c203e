"""Tells Danish from Norwegian, which share most of their letters' sequences, by common words that
only one of them writes.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"\w+")

#: Words of Danish that Norwegian, in neither of its written forms, spells so.
DANISH = frozenset(
    (
        *("af", "aften", "aldrig", "altid", "anden", "arbejde", "bedst", "besked", "beskeder"),
        *("blev", "bleve", "bliver", "dig", "dit", "dreng", "dårligt", "efter", "fik", "gik"),
        *("gør", "gøre", "havde", "hedder", "hjælp", "hjælpe", "hvad", "hvornår", "imellem"),
        *("ind", "jer", "jeres", "kender", "kun", "køb", "købe", "købt", "lav", "lave", "leveret"),
        *("lidt", "meget", "mellem", "mere", "mig", "mit", "nogen", "noget", "nogle", "nu", "op"),
        *("opgave", "pige", "rigtig", "rigtigt", "sig", "sige", "siger", "sluk", "sådan", "sæt"),
        *("sætte", "tage", "tager", "tidligt", "tilføj", "tænd", "tænker", "ud", "uden", "uge"),
        *("vejr", "vejret", "vide", "vores", "øjeblik"),
    )
)
#: Words of Norwegian that Danish does not spell so.
NORWEGIAN = frozenset(
    (
        *("aldri", "alltid", "annen", "annet", "arbeid", "av", "ble", "blir", "deg", "dere"),
        *("ditt", "epost", "etter", "fikk", "gikk", "gjør", "gjøre", "gutt", "hadde", "heter"),
        *("hjelp", "hjelpe", "hva", "igjen", "inn", "jente", "kjenner", "kjøp", "kjøpe", "kjøpt"),
        *("kveld", "kvinne", "lage", "legg", "levert", "litt", "mann", "meg", "melding"),
        *("meldinger", "mitt", "mye", "noe", "noen", "nå", "når", "opp", "oppgave", "riktig"),
        *("seg", "sett", "sier", "sitt", "snill", "sånn", "takk", "tenker", "tidlig", "uke", "ut"),
        *("uten", "veldig", "vet", "vite", "vår", "våre", "vært", "øyeblikk"),
    )
)


def danish_or_norwegian(text: str, said: str) -> str:
    """Say `da` or `no` by the words that only one of them has; what was `said` if as many of both.

    Args:
        text: In one of the two.
        said: What to say where words do not decide.
    """
    words = _WORD.findall(text.lower())
    lead = sum(word in DANISH for word in words) - sum(word in NORWEGIAN for word in words)
    return said if lead == 0 else "da" if lead > 0 else "no"
