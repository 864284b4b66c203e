"""The words of a text, and those of English that say nothing of what it is about."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
#: What stands before a word with an apostrophe in French and Italian: l'eau, dell'acqua.
_ELIDED = re.compile(r"\b(?:[lcdjmnst]|qu|all|dall|dell|nell|sull|un)['’](?=[^\W\d_]{2})")
#: What stands in place of a name in redacted texts, <name>, and tags of HTML, <br>.
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,20}>")
#: Words that say nothing about what feedback is about, of English; those of other languages are in
#: `schema.insights.function_words`.
_EMPTY = """
a about above across actually after again against ago all almost along already also although
always am an and another any anybody anyone anything anyway are arent around as ask at away back
bad be because become been before being below best better between both but by came can cannot cant
come could couldnt definitely did didnt different do does doesnt doing done dont down during each
either else enough especially etc even ever every everyone everything feel felt few find for found
from further gave get gets getting give given go goes going gone good got great had hadnt has
hasnt have havent having he hello help her here hers hi him his how however i id if ill im in
instead into is isnt it its itself ive just keep kept kind know last least less let lets like
likely little look looking looks lot lots love loved made make makes making many may maybe me mean
might mine more most much must my myself near need needed needs neither never nice no nobody none
nor not nothing now of off often oh ok okay on once one ones only onto or other others otherwise
our ours out over overall own part people perfect perhaps please possible pretty put quite rather
really right said same saw say says see seem seemed seems seen several shall she should shouldnt
show since so some somebody someone something sometimes somewhere soon still such sure take taken
takes tell than thank thanks that thats the their theirs them then there theres these they theyre
theyve thing things think this those though thought through thus to today together told too took
toward tried try trying until up upon us use used using usually very via want wanted wants was
wasnt way we well went were werent what whatever whats when where whether which while who whole
whom whose why will wish with within without wonder wont would wouldnt yes yet you your youre
yours yourself
"""
EMPTY_WORDS = frozenset(_EMPTY.split())


def words(text: str) -> list[str]:
    """The words of a text in lower case, without apostrophes, what was cut off before one, digits,
    tags, and the XXXX of redacted texts; of two letters or more.
    """
    plain = text.lower()
    # Most texts have no apostrophe, and millions of clauses are read.
    shortened = "'" in plain or "’" in plain
    if shortened:
        plain = _ELIDED.sub(" ", plain)
    if "<" in plain:
        plain = _TAG.sub(" ", plain)
    found: list[str] = _TOKEN.findall(plain)
    if shortened:
        found = [word.replace("'", "").replace("’", "") for word in found]
    return [word for word in found if len(word) > 1 and (word[0] != "x" or word.strip("x"))]
