"""What a person says is stored beside what the model said, and every word of it is kept."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, select

from schema.corrections.labelled_texts import labelled_texts
from schema.corrections.store import Correction, Stored, documents_with_results, store
from schema.corrections.subject import Subject
from schema.database import reading, writing
from schema.ledger.delete import begin_deletion, delete_run
from schema.ledger.forget import Which, forget
from schema.results.sentiment import SentimentRow
from schema.tables import LEAST_CERTAIN, RANDOM, CorrectionRow
from tests.support.feedback import add_run, add_to_run
from tests.support.reviewed import make_reviewed_run


def say(
    engine: Engine, run: int, label: str, documents: list[int], how: str = RANDOM, by: str = "ann"
) -> Stored:
    said = [Correction(document, label, how) for document in documents]
    with writing(engine) as connection:
        return store(connection, Subject(run, "sentiment"), said, by)


def corrections(engine: Engine) -> list[Any]:
    columns = (
        *(CorrectionRow.document_id, CorrectionRow.label, CorrectionRow.said_by),
        *(CorrectionRow.drawn, CorrectionRow.superseded_at.is_not(None)),
    )
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by("id"))]


def texts(engine: Engine) -> list[tuple[str, str]]:
    with reading(engine) as connection:
        return [(one.text, one.label) for one in labelled_texts(connection, "sentiment")]


def test_a_second_label_supersedes_the_first(engine: Engine) -> None:
    run, (a, b) = make_reviewed_run(engine, [-0.9, 0.9])
    assert say(engine, run, "negative", [a, b]) == Stored(new=2)
    assert say(engine, run, "negative", [a, b]) == Stored(same=2)
    assert say(engine, run, "neutral", [b]) == Stored(changed=1)
    assert say(engine, run, "positive", [b], by="bob") == Stored(new=1)
    assert corrections(engine) == [
        (a, "negative", "ann", "random", False),
        (b, "negative", "ann", "random", True),
        (b, "neutral", "ann", "random", False),
        (b, "positive", "bob", "random", False),
    ]
    assert texts(engine) == [("Text 1.", "negative"), ("Text 2.", "positive")]
    with reading(engine) as connection:
        said = connection.execute(select(SentimentRow.polarity).order_by(SentimentRow.document_id))
        assert said.scalars().all() == ["negative", "positive"]


def test_what_was_drawn_at_random_stays_so(engine: Engine) -> None:
    run, (a, b) = make_reviewed_run(engine, [-0.9, 0.9])
    say(engine, run, "negative", [a], LEAST_CERTAIN)
    say(engine, run, "negative", [b], RANDOM)
    assert say(engine, run, "negative", [a], RANDOM) == Stored(changed=1)
    assert say(engine, run, "negative", [b], LEAST_CERTAIN) == Stored(same=1)
    assert say(engine, run, "neutral", [b], LEAST_CERTAIN) == Stored(changed=1)
    current = [row[:4] for row in corrections(engine) if not row[4]]
    assert current == [(a, "negative", "ann", "random"), (b, "neutral", "ann", "random")]


def test_only_documents_with_results(engine: Engine) -> None:
    run, documents = make_reviewed_run(engine, [-0.9, 0.9])
    other, _ = make_reviewed_run(engine, [0.5], "other", first=9)
    with writing(engine) as connection:
        found = documents_with_results(
            connection, Subject(run, "sentiment"), [*documents, 77, documents[-1] + 1]
        )
        assert found == set(documents)
    assert other


def test_labels_of_a_deleted_run_stay_with_documents_of_others(engine: Engine) -> None:
    run, (a, b) = make_reviewed_run(engine, [-0.9, 0.9])
    with writing(engine) as connection:
        other = add_run(connection, "other", ("sentiment",), read=1, stored=1)
        add_to_run(connection, other, [a])
    say(engine, run, "neutral", [a, b])
    begin_deletion(engine, run)
    for _ in delete_run(engine, run):
        pass
    assert corrections(engine) == [(a, "neutral", "ann", "random", False)]
    with reading(engine) as connection:
        assert connection.execute(select(CorrectionRow.run_id)).scalar_one() is None
    assert texts(engine) == [("Text 1.", "neutral")]


def test_who_is_forgotten_has_no_labels(engine: Engine) -> None:
    run, (a, b) = make_reviewed_run(engine, [-0.9, 0.9])
    say(engine, run, "negative", [a, b])
    for _ in forget(engine, Which("external_id", "1", None)):
        pass
    assert [row[0] for row in corrections(engine)] == [b]
