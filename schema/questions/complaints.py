"""What is complained about most: themes by the texts of unhappy customers in them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from schema.questions.counts import STARS
from schema.questions.examples import theme_examples
from schema.questions.figures import Mean, Share
from schema.questions.measure import Measure, measures_of, missing
from schema.questions.scope import Scope, select_rows
from schema.questions.themes import MEMBERS, READ, ThemeName, read_theme_names

#: Documents that a theme is ranked from; those with fewer come behind, each with its interval.
MIN_DOCUMENTS = 30
_NEGATIVE = {
    Measure.NEGATIVE: ("d.polarity = 'negative'", "d.polarity IS NOT NULL"),
    Measure.LOW_RATING: (f"{STARS} <= 2", f"{STARS} IS NOT NULL"),
}


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


_ALL = f"""
SELECT COUNT(*) AS documents, COUNT(DISTINCT m.copy_key) AS texts
FROM v_documents AS d JOIN {READ} AS m ON m.document_id = d.id
"""


def read_complaints(connection: Connection, scope: Scope) -> Complaints:
    """Read what is complained about.

    Raises:
        NoAnswerError: If there are no themes, or neither sentiment nor ratings.
    """
    names = read_theme_names(connection)
    there = measures_of(connection, scope)
    measure = next((one for one in _NEGATIVE if one in there), None)
    if measure is None:
        raise missing(Measure.NEGATIVE)
    negative, known = _NEGATIVE[measure]
    sql = f"""
    SELECT m.theme_id AS theme, COUNT(*) AS documents, COUNT(DISTINCT m.copy_key) AS texts,
        COUNT(*) FILTER (WHERE {negative}) AS negative_documents,
        COUNT(DISTINCT CASE WHEN {negative} THEN m.copy_key END) AS negative,
        COUNT(DISTINCT CASE WHEN {known} THEN m.copy_key END) AS known,
        COUNT({STARS}) AS rated, SUM({STARS}) AS total, SUM({STARS} * {STARS}) AS squares
    FROM v_documents AS d JOIN {MEMBERS} AS m ON m.document_id = d.id
    GROUP BY m.theme_id
    """
    (whole,) = select_rows(connection, _ALL, scope, set_id=names.set_id)
    rows = select_rows(connection, sql, scope, set_id=names.set_id)
    rows = [row for row in rows if row.theme in names.by_id]
    examples = theme_examples(
        connection, scope, names.set_id, [row.theme for row in rows], negative
    )
    found = [
        Complaint(
            theme=names.by_id[row.theme],
            texts=row.texts,
            documents=row.documents,
            negative=Share.of(row.negative, whole.texts),
            negative_documents=row.negative_documents,
            within=Share.of(row.negative, row.known),
            rating=Mean.of_sums(row.rated, row.total, row.squares),
            ranked=row.documents >= MIN_DOCUMENTS,
            examples=examples.get(row.theme, ()),
        )
        for row in rows
    ]
    return Complaints(measure, names.basis, whole.texts, whole.documents, sorted(found, key=_rank))


def _rank(one: Complaint) -> tuple[bool, int, str]:
    return not one.ranked, -one.negative.count if one.ranked else 0, one.theme.name
