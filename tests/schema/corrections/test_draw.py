"""Which documents a person is asked to look at."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Engine, update

from schema.corrections.draw import draw
from schema.corrections.store import Correction, store
from schema.corrections.subject import Subject, known_labels, newest_run
from schema.database import reading, writing
from schema.database.clock import now
from schema.tables import LEAST_CERTAIN, RANDOM, DocumentRow
from tests.support.reviewed import make_reviewed_run

#: The fifth to last are the ones that the model is least sure of.
SCORES = [-0.9, 0.8, 0.7, -0.95, 0.1, -0.2, 0.3, 0.4, 0.5, -0.6]


def drawn(engine: Engine, subject: Subject, sample: int, least: int) -> list[tuple[int, str]]:
    with reading(engine) as connection:
        found = draw(connection, subject, sample, least)
    return [(one.document_id, one.drawn) for one in found]


def label(engine: Engine, subject: Subject, documents: list[int], how: str = RANDOM) -> None:
    with writing(engine) as connection:
        said = [Correction(document, "negative", how) for document in documents]
        store(connection, subject, said, "ann")


def test_a_random_part_and_the_least_certain(engine: Engine) -> None:
    run, documents = make_reviewed_run(engine, SCORES)
    subject = Subject(run, "sentiment")
    found = drawn(engine, subject, 3, 2)
    assert [how for _, how in found] == [RANDOM] * 3 + [LEAST_CERTAIN] * 2
    at_random = [one for one, how in found if how == RANDOM]
    others = [one for one in documents if one not in at_random]
    least = sorted(others, key=lambda one: abs(SCORES[documents.index(one)]))[:2]
    assert [one for one, how in found if how == LEAST_CERTAIN] == least
    # Nobody has labelled any: the same again.
    assert drawn(engine, subject, 3, 2) == found
    with reading(engine) as connection:
        (first, *_) = draw(connection, subject, 1, 0)
    assert (first.text, first.label in ("negative", "positive")) == (
        f"Text {documents.index(first.document_id) + 1}.",
        True,
    )


def test_what_is_labelled_is_not_drawn_again(engine: Engine) -> None:
    run, documents = make_reviewed_run(engine, SCORES)
    subject = Subject(run, "sentiment")
    first = [one for one, _ in drawn(engine, subject, 6, 0)]
    label(engine, subject, first)
    second = [one for one, _ in drawn(engine, subject, 6, 0)]
    assert sorted(first + second) == documents
    # What was labelled since the model was unsure of it may still be drawn at random.
    label(engine, subject, second, LEAST_CERTAIN)
    assert drawn(engine, subject, 6, 3) == [(one, RANDOM) for one in second]


def test_only_what_is_current_is_drawn(engine: Engine) -> None:
    run, documents = make_reviewed_run(engine, SCORES)
    gone = update(DocumentRow).where(DocumentRow.id.in_(documents[:4])).values(gone_at=now())
    old = update(DocumentRow).where(DocumentRow.id == documents[4]).values(replaced_at=now())
    with writing(engine) as connection:
        connection.execute(gone)
        connection.execute(old)
    found = drawn(engine, Subject(run, "sentiment"), 10, 10)
    assert sorted(one for one, _ in found) == documents[5:]


def test_every_document_is_drawn_as_often(sqlite_engine: Engine) -> None:
    counts: Counter[int] = Counter()
    for number in range(120):
        run, documents = make_reviewed_run(
            sqlite_engine, SCORES, f"run{number}", first=1 + 10 * number
        )
        found = drawn(sqlite_engine, Subject(run, "sentiment"), 3, 0)
        counts.update(documents.index(one) for one, _ in found)
    # 36 of each are expected, with a standard deviation of 5.
    assert sorted(counts) == list(range(10))
    assert 18 <= min(counts.values()) <= max(counts.values()) <= 54


def test_the_newest_run_and_its_labels(engine: Engine) -> None:
    with reading(engine) as connection:
        assert newest_run(connection, "sentiment") is None
    make_reviewed_run(engine, SCORES, "old")
    run, _ = make_reviewed_run(engine, SCORES, "new", first=100)
    with reading(engine) as connection:
        assert newest_run(connection, "sentiment") == run
        labels = known_labels(connection, Subject(run, "sentiment"))
    assert labels == ("negative", "neutral", "positive")
