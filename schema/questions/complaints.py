"""What is complained about most: themes by the texts of unhappy customers in them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from schema.questions.figures import Mean, Share
from schema.questions.measure import Measure, measures_of, missing
from schema.questions.scope import Scope
from schema.questions.themed_documents import ThemedDocuments, read_themed_documents
from schema.questions.themes import ThemeName, read_theme_names

#: Documents that a theme is ranked from; those with fewer come behind, each with its interval.
MIN_DOCUMENTS = 30
#: What says that a customer is unhappy, the first that some document has.
_MEASURES = (Measure.NEGATIVE, Measure.LOW_RATING)


@dataclass(frozen=True, slots=True)
class Complaint:
    """A theme, by those who are unhappy in it.

    Attributes:
        texts: Different texts in it: copies count once.
        documents: With copies.
        negative: Different texts of unhappy customers, of all texts: how much of everything it is.
        negative_documents: The same with copies: how many customers.
        within: Of the texts in it those of unhappy customers, of all of which that is known.
        rating: The mean rating of its documents.
        ranked: Whether it has `MIN_DOCUMENTS`; others are in no order but that of their names.
        examples: Ids of some documents of unhappy customers, the newest first.
    """

    theme: ThemeName
    texts: int
    documents: int
    negative: Share
    negative_documents: int
    within: Share
    rating: Mean
    ranked: bool
    examples: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Complaints:
    """The themes, those with most texts of unhappy customers first.

    Attributes:
        measure: What says that a customer is unhappy: sentiment, else a rating.
        basis: What the themes are of: `embedding`, or `words`, which is weaker.
        texts: Different texts that were read, in whichever theme or none.
        documents: With copies.
    """

    measure: Measure
    basis: str
    texts: int
    documents: int
    themes: list[Complaint]


def read_complaints(connection: Connection, scope: Scope) -> Complaints:
    """Read what is complained about.

    Raises:
        NoAnswerError: If there are no themes, or neither sentiment nor ratings.
    """
    names = read_theme_names(connection)
    documents = read_themed_documents(connection, scope, names)
    measure = _measure(connection, scope, documents)
    values = documents.measure(measure)
    unhappy = values == 1
    negative, known = documents.texts_by_theme(unhappy), documents.texts_by_theme(values >= 0)
    texts, all_texts = documents.texts_by_theme(), documents.texts()
    negative_documents = documents.documents_by_theme(unhappy)
    counts = documents.counts_by_theme()
    shown = [theme for theme in counts if theme in names.by_id]
    examples = documents.newest(shown, unhappy)
    found = [
        Complaint(
            theme=names.by_id[theme],
            texts=texts[theme],
            documents=counts[theme].documents,
            negative=Share.of(negative[theme], all_texts),
            negative_documents=negative_documents[theme],
            within=Share.of(negative[theme], known[theme]),
            rating=counts[theme].rating,
            ranked=counts[theme].documents >= MIN_DOCUMENTS,
            examples=examples.get(theme, ()),
        )
        for theme in shown
    ]
    number = len(documents.ids)
    return Complaints(measure, names.basis, all_texts, number, sorted(found, key=_rank))


def _measure(connection: Connection, scope: Scope, documents: ThemedDocuments) -> Measure:
    """What says that a customer is unhappy."""
    first = _MEASURES[0]
    # To look through all documents is needed only where those with themes do not have the first.
    if documents.has(first):
        return first
    there = measures_of(connection, scope)
    found = next((one for one in _MEASURES if one in there), None)
    if found is None:
        raise missing(first)
    return found


def _rank(one: Complaint) -> tuple[bool, int, str]:
    return not one.ranked, -one.negative.count if one.ranked else 0, one.theme.name
