"""The report of corrected shares, beside the function that makes one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine

from schema.corrections.store import Correction, store
from schema.corrections.subject import Subject
from schema.database import reading, writing
from schema.insights.corrected_share import Scores, corrected_share
from schema.reports import ReportOptions, find_report, run_report
from schema.tables import LEAST_CERTAIN, RANDOM
from tests.support.reviewed import make_reviewed_run


def rows(engine: Engine, run: int | None = None, **options: Any) -> list[Any]:
    with reading(engine) as connection:
        found = run_report(
            connection, find_report("corrected-shares"), ReportOptions(run, **options)
        )
        assert found.columns[:3] == ("run", "analysis", "label")
        return list(found.rows)


def say(engine: Engine, run: int, labels: dict[int, str], how: str, by: str = "ann") -> None:
    said = [Correction(document, label, how) for document, label in labels.items()]
    with writing(engine) as connection:
        store(connection, Subject(run, "sentiment"), said, by)


def test_without_labels_there_is_a_count_and_no_share(engine: Engine) -> None:
    run, documents = make_reviewed_run(engine, [-0.9, 0.9, 0.8])
    assert rows(engine, run) == [
        ("run", "sentiment", "positive", 3, 2, 66.7, 0, None, None, None),
        ("run", "sentiment", "negative", 3, 1, 33.3, 0, None, None, None),
    ]
    assert rows(engine) == []
    say(engine, run, {documents[0]: "neutral", documents[1]: "positive"}, RANDOM)
    assert [row[2:7] for row in rows(engine)] == [
        ("positive", 3, 2, 66.7, 2),
        ("negative", 3, 1, 33.3, 2),
        ("neutral", 3, 0, 0.0, 2),
    ]
    assert len(rows(engine, limit=1)) == 1


def test_a_share_of_enough_random_labels(engine: Engine) -> None:
    random = np.random.default_rng(0)
    bad = random.random(400) < 0.3
    scores = np.round(np.where(bad, random.uniform(-1, 0.5, 400), random.uniform(-0.4, 1, 400)), 3)
    run, documents = make_reviewed_run(engine, scores.tolist())
    truth = ["negative" if one else "positive" for one in bad]
    labels = dict(zip(documents, truth, strict=True))
    say(engine, run, dict(list(labels.items())[:299]), RANDOM)
    # Those of which the model was least sure say nothing of a share.
    say(engine, run, dict(list(labels.items())[299:330]), LEAST_CERTAIN)
    assert {row[7] for row in rows(engine, run)} == {None}
    say(engine, run, dict(list(labels.items())[299:300]), RANDOM)
    # Of two people the last word counts.
    wrong = {documents[0]: "negative" if truth[0] == "positive" else "positive"}
    say(engine, run, wrong, RANDOM, by="bob")
    say(engine, run, {documents[0]: "neutral"}, RANDOM)
    say(engine, run, {documents[0]: truth[0]}, RANDOM)
    by_label = {row[2]: row for row in rows(engine, run)}
    lean = np.maximum(0, -scores)
    known = corrected_share(bad[:300], lean[:300], Scores.of(lean))
    row = by_label["negative"]
    assert row[3:5] == (400, int((scores < 0).sum()))
    assert row[6] == 300
    assert row[7:] == pytest.approx(
        [100 * known.share, *(100 * x for x in known.interval)], abs=0.06
    )
    assert by_label["positive"][7] == pytest.approx(100 - row[7], abs=3)
