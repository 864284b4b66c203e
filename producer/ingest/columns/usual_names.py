"""The names that exports usually give to columns, as `words` writes them, the surest first."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: What rows without an id are identified by, see `ColumnPlan.identity`: nothing is ever added or
#: taken away here. New names go to `FURTHER_NAMES`.
USUAL_NAMES: dict[str, tuple[str, ...]] = {
    "text": (
        *("text", "review text", "feedback text", "comment text", "message text"),
        *("review", "feedback", "comment", "comments", "message", "body", "content"),
        *("review body", "review content", "message body", "complaint", "narrative", "verbatim"),
        *("description", "response", "tweet", "note", "notes"),
    ),
    "id": (
        *("id", "document id", "external id", "feedback id", "review id", "comment id"),
        *("message id", "response id", "complaint id", "uuid"),
    ),
    "time": (
        *("time", "created at", "created", "timestamp", "date", "datetime", "date time"),
        *("created time", "created date", "creation date", "review date", "review time"),
        *("submitted at", "posted at", "published at", "sent at", "received at"),
        *("date created", "date received", "unix review time", "at"),
    ),
    "language": ("language", "lang", "language code", "locale"),
    "product": ("product", "product name", "product title", "item", "item name", "app", "app name"),
    "source": ("source",),
}
#: A text column may also be called something like `Translated_Review`.
TEXT_ENDINGS = ("text", "review", "feedback", "comment", "comments", "message", "body")

#: Further names, by which a column is found only if its values say the same.
FURTHER_NAMES: dict[str, tuple[str, ...]] = {
    "text": (
        *("free text", "freetext", "open text", "full text", "caption", "remarks", "remark"),
        *("opinion", "ticket description", "issue description", "suggestions", "details"),
        *("kommentar", "kommentare", "freitext", "rezension", "nachricht", "meinung"),
        *("rückmeldung", "anmerkung", "anmerkungen", "beschreibung", "bemerkung", "bemerkungen"),
        *("opinión", "comentario", "comentarios", "reseña", "mensaje", "texto", "descripción"),
        *("commentaire", "commentaires", "avis", "texte", "remarque", "remarques"),
        *("opinione", "recensione", "commento", "commenti", "testo", "comentário", "avaliação"),
    ),
    "id": (
        *("tweet id", "ticket id", "ticket number", "post id", "case id", "respondent id"),
        *("submission id", "entry id", "record id", "conversation id", "answer id", "row id"),
        *("case number", "ticket", "object id", "survey response id"),
    ),
    "time": (
        *("submit date", "submitted", "submitted on", "submission date", "submission time"),
        *("completed at", "completed", "recorded date", "end date", "date added", "created on"),
        *("created date time", "posted", "posted on", "published", "published on", "written at"),
        *("date submitted", "date posted", "date and time", "createdat", "ts", "start date"),
        *("submit date and time", "last update date and time", "updated at", "last updated"),
        *("datum", "zeitpunkt", "zeitstempel", "erstellt am", "erstellt", "bewertungsdatum"),
        *("fecha", "fecha y hora", "fecha de creación", "marca temporal", "creado", "día"),
        *("horodateur", "date de création", "créé le", "data", "data e ora", "data creazione"),
    ),
    "language": ("reviewer language", "user language", "sprache", "langue", "idioma", "lingua"),
    "product": ("asin", "sku", "produkt", "artikel", "producto", "produit", "prodotto"),
    "rating": (
        *("rating", "star rating", "stars", "score", "overall", "ratings", "rate", "user rating"),
        *("overall rating", "customer rating", "rating value", "overall score", "nps"),
        *("nps score", "csat", "csat score", "satisfaction", "satisfaction score", "points"),
        *("bewertung", "sterne", "punkte", "punktzahl", "estrellas", "puntuación", "calificación"),
        *("valoración", "étoiles", "évaluation", "stelle", "valutazione", "punteggio", "nota"),
    ),
    "title": (
        *("title", "subject", "headline", "heading", "subject line", "titel", "betreff"),
        *("überschrift", "titre", "objet", "sujet", "título", "asunto", "titolo", "oggetto"),
    ),
    "clock": (
        *("time", "hour", "clock", "time of day", "uhrzeit", "zeit", "heure", "hora", "ora"),
        *("created time", "submit time", "submission time", "review time"),
    ),
}

#: Words in names of columns that hold words, but not a customer's opinion.
_OTHER_WORDS_TEXT = """
    user username name names author reviewer customer client kunde cliente nickname nick
    email mail url link href address adresse city ort country land location device version
    model product item category kategorie tag tags status state agent assignee requester
    reply replies answer company firma brand store shop branch type channel kanal group
    gruppe id uuid hash path file phone ip browser os platform currency price segment region
    department team question
"""
OTHER_WORDS = frozenset(_OTHER_WORDS_TEXT.split())
#: Words in names of columns that somebody else has written.
_OTHER_WRITERS = frozenset(
    ("agent", "assignee", "company", "developer", "owner", "reply", "replies")
)
#: Words in names of times that are not when the feedback was written.
_OTHER_TIMES_TEXT = """
    birth birthday born reply replied response answered due expiry expires purchase order
    ordered delivery delivered shipped modified resolved closed solved
"""
_OTHER_TIMES = frozenset(_OTHER_TIMES_TEXT.split())
#: Before and behind what a name says, as in `Review Created (UTC)` and `reviews.date`.
_BEFORE = ("review", "reviews", "feedback", "comment", "comments")
_BEHIND = ("utc", "gmt")

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W_A-Z]+")


def words(name: str) -> str:
    """`reviewText`, `Review_Text` and `REVIEW TEXT` are all `review text`."""
    return " ".join(_WORD.findall(name)).casefold()


def core_words(name: str) -> str:
    """The same without what only says of what, and in what: `Review Created (UTC)` is `created`,
    `Score (0-10)` is `score`."""
    parts = words(name).split()
    while len(parts) > 1 and parts[0] in _BEFORE:
        del parts[0]
    while len(parts) > 1 and (parts[-1] in _BEHIND or parts[-1].isdecimal()):
        del parts[-1]
    return " ".join(parts)


def usual_columns(role: str, columns: Sequence[str]) -> list[str]:
    """The columns that have one of the first known names of a role, the surest first."""
    by_words = {words(column): column for column in reversed(columns)}
    return [by_words[name] for name in USUAL_NAMES.get(role, ()) if name in by_words]


def further_columns(role: str, columns: Sequence[str]) -> list[str]:
    """The columns that have another known name of a role, the surest first."""
    known = (*USUAL_NAMES.get(role, ()), *FURTHER_NAMES.get(role, ()))
    by_core = {core_words(column): column for column in reversed(columns)}
    return [by_core[name] for name in known if name in by_core]


def is_rating_name(name: str) -> bool:
    """Whether a column's name says that it has ratings of something: `Rating [Service]`."""
    written = words(name)
    return written.endswith(("rating", "ratings", "stars")) or written.startswith("rating ")


def alike_columns(column: str, columns: Sequence[str]) -> list[str]:
    """The columns that have the same name but for a number, itself included."""
    return [one for one in columns if core_words(one) == core_words(column)]


def is_other_time(name: str) -> bool:
    """Whether a column's name says that its times are not when the feedback was written."""
    return not _OTHER_TIMES.isdisjoint(words(name).split())


def is_other_name(name: str) -> bool:
    """Whether a column's name says that its words are not a customer's opinion."""
    parts = set(words(name).split())
    if not _OTHER_WRITERS.isdisjoint(parts):
        return True
    # A customer's comment is one.
    return not OTHER_WORDS.isdisjoint(parts) and not words(name).endswith(TEXT_ENDINGS)
