"""Probabilities of labels come back from both databases as they went in, to six digits."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

from schema.database import reading, writing
from schema.results.probabilities import rounded
from schema.results.sentiment import SentimentRow
from tests.support.feedback import add_document, add_result, add_run

LABELS = {
    "NEGATIVE": 0.95839923620224,
    '5 "stars"\\\n': 1e-9,
    "müßig 😀": 0.04160076379776,
    "{}, : %s": 1.0,
}


def test_they_are_json_to_six_digits(engine: Engine) -> None:
    with writing(engine) as connection:
        run = add_run(connection, "run")
        for number, probabilities in enumerate((LABELS, {}, None)):
            document = add_document(connection, number, "text")
            row = {"label": "x", "probabilities": probabilities}
            add_result(connection, "sentiment", run, document, **row)
    column = SentimentRow.probabilities
    with reading(engine) as connection:
        ordered = select(column).order_by(SentimentRow.document_id)
        found = connection.execute(ordered).scalars().all()
        missing = select(SentimentRow.document_id).where(column.is_(None))
        assert len(connection.execute(missing).all()) == 1
    assert found == [rounded(LABELS), {}, None]
    assert found[0] is not None and found[0]["NEGATIVE"] == pytest.approx(0.958399, abs=1e-9)
