"""Texts that people have labelled with `triage correct`, read from the database."""

from __future__ import annotations

from schema.corrections.labelled_texts import labelled_texts
from schema.database import open_engine, reading
from schema.migrations.revision import check_revision
from schema.tables import RANDOM
from workers.calibrate.examples import DataError, Example


def corrected_examples(database: str, analysis: str, drawn: str | None = RANDOM) -> list[Example]:
    """Those that were drawn at random: among what a model was least sure of, more is wrong than
    elsewhere.

    Args:
        database: Its URL.
        analysis: Whose labels.
        drawn: How they were drawn; None for all, which a model may learn from.

    Raises:
        DatabaseError: If the database is not there, or of another revision.
        DataError: If nobody has labelled any.
    """
    engine = open_engine(database)
    check_revision(engine)
    with reading(engine) as connection:
        found = list(labelled_texts(connection, analysis, drawn))
    engine.dispose()
    if not found:
        which = "any text of" if drawn is None else "a random part of"
        raise DataError(f"nobody has labelled {which} {analysis}; begin with: triage review")
    return [Example(number, one.text, one.label) for number, one in enumerate(found, start=1)]
