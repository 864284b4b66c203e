"""What people labelled with `triage correct` is what a model is calibrated with."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from schema.corrections.store import Correction, store
from schema.corrections.subject import Subject
from schema.database import writing
from schema.tables import LEAST_CERTAIN, RANDOM
from tests.support.reviewed import make_reviewed_run
from workers.calibrate import command
from workers.calibrate.corrections import corrected_examples
from workers.calibrate.examples import DataError, Example


def test_only_the_random_part_is_read(sqlite_engine: Engine) -> None:
    url = str(sqlite_engine.url)
    run, (a, b) = make_reviewed_run(sqlite_engine, [-0.9, 0.9])
    with pytest.raises(DataError, match="nobody has labelled a random part of sentiment"):
        corrected_examples(url, "sentiment")
    said = [Correction(a, "neutral", RANDOM), Correction(b, "positive", LEAST_CERTAIN)]
    with writing(sqlite_engine) as connection:
        store(connection, Subject(run, "sentiment"), said, "ann")
    assert corrected_examples(url, "sentiment") == [Example(1, "Text 1.", "neutral")]


def test_a_database_that_is_not_there(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRIAGE_DATABASE_URL", sqlite_url)
    assert command.main(["sentiment", "--corrections", "--models", "pocket"]) == 2
    assert "triage init" in capsys.readouterr().err
