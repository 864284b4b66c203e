"""By which keys of the metadata the page compares, and by which it does not."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine

from producer.page.segments import read_segment_tables
from producer.page.texts import TextIndex
from schema.database import reading, writing
from schema.questions import Scope
from tests.support.feedback import add_document, add_result, add_run, add_to_run


def test_neither_the_written_rating_nor_what_is_too_few_or_blank_is_a_segment(
    engine: Engine,
) -> None:
    with writing(engine) as connection:
        run = add_run(connection, "survey")
        documents = []
        for number in range(120):
            extra = {
                "mark": str(1 + number % 5),
                "plan": "free" if number % 2 else "paid",
                "country": "" if number % 4 == 0 else "DE" if number % 4 < 3 else "FR",
                "tested": "no" if number else "yes",
            }
            rating = 5.0 - number % 5
            values: dict[str, Any] = {
                "product": "Coat",
                "rating": rating,
                "rating_scale": 5,
                "extra": extra,
            }
            documents.append(add_document(connection, number, f"text {number}", **values))
        add_to_run(connection, run, documents)
        for number, document in enumerate(documents):
            polarity = "negative" if number % 3 else "positive"
            add_result(connection, "sentiment", run, document, label=polarity, polarity=polarity)
    with reading(engine) as connection:
        found = read_segment_tables(connection, Scope(), TextIndex(), Scope())
    assert found is not None
    assert [(one.by, one.option) for one in found] == [
        ("product", "product"),
        ("country", "metadata.country"),
        ("plan", "metadata.plan"),
    ]
    country = found[1]
    assert {row.figures.segment.count.name for row in country.rows} == {"DE", "FR"}
    assert country.without == 30
