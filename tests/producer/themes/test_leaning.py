"""Quotes of a side are clauses that sound like it, and not whatever its customers say as well."""

from __future__ import annotations

import numpy as np
from sqlalchemy import Engine

from producer.themes.leaning import Leaning
from schema.database import reading, writing
from schema.themes.passages import Passage
from schema.themes.scope import ThemeScope
from tests.support.feedback import add_document, add_result, add_run, add_to_run

#: Of each document its polarity and its clauses: what they are about, and how they sound.
FEEDBACK = [
    ("negative", [(1.0, -1.0), (1.0, 0.9)]),
    ("negative", [(1.0, -0.8), (-1.0, -0.9)]),
    ("positive", [(1.0, 1.0), (-1.0, 0.8)]),
    ("positive", [(1.0, 0.9), (1.0, -0.2)]),
]


def stored(numbers: tuple[float, float]) -> bytes:
    vector = np.array(numbers) / np.linalg.norm(numbers)
    return bytes(vector.astype("<f2").tobytes())


def add_feedback(engine: Engine, first: int = 1, of: int | None = None) -> list[int]:
    with writing(engine) as connection:
        run = add_run(connection, f"run {first}", ("sentiment", "embedding"))
        chosen = FEEDBACK[:of]
        documents = [
            add_document(connection, first + number, f"Text {first + number}.")
            for number in range(len(chosen))
        ]
        add_to_run(connection, run, documents)
        for document, (polarity, clauses) in zip(documents, chosen, strict=True):
            score = {"polarity_score": 0.9, "label": polarity}
            add_result(connection, "sentiment", run, document, polarity=polarity, **score)
            for ordinal, numbers in enumerate(clauses):
                vector = stored(numbers)
                add_result(connection, "embedding", run, document, ordinal=ordinal, vector=vector)
    return documents


def passage(document: int, ordinal: int, similarity: float, polarity: str) -> Passage:
    return Passage(document, "shop", None, ordinal, None, similarity, polarity, "text")


def test_what_sounds_like_the_side_comes_first(engine: Engine) -> None:
    bad, _, good, _ = add_feedback(engine)
    with reading(engine) as connection:
        leaning = Leaning.of(connection, ThemeScope())
        assert leaning.axis is not None
        assert np.linalg.norm(leaning.axis) == np.float32(1)
        # As near, and the one that an unhappy customer says in praise was the first.
        unhappy = [passage(bad, 1, 0.8, "negative"), passage(bad, 0, 0.8, "negative")]
        assert [one.ordinal for one in leaning.sort(unhappy, "negative")] == [0, 1]
        assert [one.ordinal for one in leaning.sort(unhappy, "positive")] == [1, 0]
        assert leaning.sort([passage(good, 0, 0.5, "positive")], "positive")[0].ordinal == 0


def test_where_nobody_can_tell_the_order_stays(engine: Engine) -> None:
    passages = [passage(1, 1, 0.8, "negative"), passage(1, 0, 0.8, "negative")]
    with reading(engine) as connection:
        leaning = Leaning.of(connection, ThemeScope())
        assert leaning.axis is None and leaning.sort(passages, "negative") == passages
    add_feedback(engine, of=2)
    with reading(engine) as connection:
        assert Leaning.of(connection, ThemeScope()).axis is None
    add_feedback(engine, first=10)
    with reading(engine) as connection:
        leaning = Leaning.of(connection, ThemeScope())
        # A passage of a whole document has no vector.
        unknown = [passage(999, 0, 0.8, "negative"), *passages]
        assert leaning.axis is not None and leaning.sort(unknown, "negative") == unknown
