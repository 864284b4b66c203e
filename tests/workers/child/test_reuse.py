"""A text is computed once: within a job, within a run, and by a later run of the same model."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from producer.ingest.on_change import OnChange
from schema.database import reading, writing
from schema.database.clock import after
from schema.ledger.dispatch import dispatch
from schema.ledger.reap import reap
from schema.results.entity import EntityRow
from schema.results.sentiment import SentimentRow
from schema.status.progress import run_progress
from schema.tables import DeadLetter, EmptyResult, Job, JobState
from schema.verification import verify
from tests.support.burst import Child
from tests.support.ingesting import run_ingest, write_csv
from tests.support.ledger import jobs, make_run
from tests.support.shared_heads import Passes, engines_of
from workers.analysis import Provenance
from workers.child import job_source

TEXTS = [f"text {number:03}" for number in range(100)]


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_source, "EMPTY_QUEUE_SECONDS", 0)


def work(engine: Engine, child: Child, analyses: Sequence[str] = ("sentiment",)) -> list[str]:
    """Do all that waits, as Celery would; the texts that the model has read for it."""
    before = len(child.computed)
    for analysis in analyses:
        dispatch(engine, child.messages.publish, analysis, 1_000)
    for analysis in analyses:
        while found := child.ledger.next_message(analysis):
            child.runner.run_message(analysis, found[1])
    assert {job.state for job in jobs(engine)} == {JobState.DONE}
    with reading(engine) as connection:
        assert verify(connection) == []
    return child.computed[before:]


def labels(engine: Engine, run_id: int) -> list[tuple[str, bool]]:
    """The label of each document of a run, in order, and whether it was there already."""
    with reading(engine) as connection:
        found = connection.execute(
            select(SentimentRow.label, SentimentRow.reused)
            .where(SentimentRow.run_id == run_id)
            .order_by(SentimentRow.document_id)
        )
        return [(label, reused) for label, reused in found]


def reused(engine: Engine, name: str = "run") -> dict[str, int]:
    with reading(engine) as connection:
        return {one.analysis: one.reused for one in run_progress(connection, name).analyses}


def test_a_delivery_with_one_percent_of_changes_is_computed_at_one_percent(
    engine: Engine, child: Child, tmp_path: Path
) -> None:
    rows = [(number, f"feedback {number}") for number in range(200)]
    asked: dict[str, Any] = {
        "analyses": "sentiment",
        "no_language": True,
        "on_change": OnChange.UPDATE,
    }
    run_ingest(engine, write_csv(tmp_path / "may.csv", rows), source="shop", run="may", **asked)
    assert len(work(engine, child)) == 200
    rows[7], rows[150] = (7, "feedback 7, and more"), (150, "feedback 150, and more")
    run_ingest(engine, write_csv(tmp_path / "june.csv", rows), source="shop", run="june", **asked)
    assert work(engine, child) == ["feedback 7, and more", "feedback 150, and more"]
    june = jobs(engine)[-1].run_id
    found = labels(engine, june)
    assert len(found) == 200 and sum(one for _, one in found) == 198
    assert reused(engine, "may") == {"sentiment": 0} and reused(engine, "june") == {
        "sentiment": 198
    }


def test_rows_without_ids_that_moved_are_not_computed_again(
    engine: Engine, child: Child, tmp_path: Path
) -> None:
    """Each is a document of its own: only the text is the same."""
    asked = {"header": "text"}
    old = write_csv(tmp_path / "old.csv", [(text,) for text in TEXTS], **asked)
    new = write_csv(tmp_path / "new.csv", [("on top",), *((text,) for text in TEXTS)], **asked)
    for path in (old, new):
        run_ingest(engine, path, source="s", analyses="sentiment", no_language=True)
        computed = work(engine, child)
    assert computed == ["on top"]


def test_equal_texts_of_a_job_are_computed_once_and_each_has_its_row(
    engine: Engine, child: Child
) -> None:
    run_id = make_run(engine, ["good", "fine!", "good", "good", "Good", "good "])
    assert sorted(work(engine, child)) == ["Good", "fine!", "good", "good "]
    found = labels(engine, run_id)
    assert [label for label, _ in found] == ["4", "5", "4", "4", "4", "5"]
    assert [one for _, one in found] == [False, False, True, True, False, False]
    assert reused(engine) == {"sentiment": 2}


def test_a_text_of_an_earlier_job_is_not_computed_again(engine: Engine, child: Child) -> None:
    make_run(engine, ["good", "fine"], job_size=1)
    work(engine, child)
    make_run(engine, ["fine", "good", "new"], job_size=1, name="next")
    assert work(engine, child) == ["new"]


@pytest.mark.parametrize(
    "model",
    [
        Provenance("another", "1", {}),
        Provenance("counting", "2", {}),
        Provenance("counting", "1", {"threshold": 0.5}),
    ],
)
def test_another_model_revision_or_option_computes_anew(
    engine: Engine, child: Child, monkeypatch: pytest.MonkeyPatch, model: Provenance
) -> None:
    make_run(engine, TEXTS[:4])
    work(engine, child)
    with monkeypatch.context() as patch:
        patch.setattr(child.analysis, "provenance", lambda: [model])
        make_run(engine, TEXTS[:4], name="changed")
        assert sorted(work(engine, child)) == TEXTS[:4]
    make_run(engine, TEXTS[:4], name="as before")
    assert work(engine, child) == []


def test_another_edition_or_question_computes_anew(
    engine: Engine, child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, (attribute, value) in enumerate(
        [("edition", 1), ("edition", 2), ("key_parts", lambda document, options: ("Why?",))]
    ):
        monkeypatch.setattr(child.analysis, attribute, value)
        make_run(engine, TEXTS[:4], name=f"run {number}")
        assert sorted(work(engine, child)) == TEXTS[:4]


def test_a_fresh_run_computes_every_document_and_later_ones_take_its_results(
    engine: Engine, child: Child
) -> None:
    make_run(engine, ["good", "good", "fine"])
    work(engine, child)
    fresh = make_run(engine, ["good", "good", "fine"], name="fresh", fresh=True)
    assert sorted(work(engine, child)) == ["fine", "good", "good"]
    assert not any(one for _, one in labels(engine, fresh))
    with writing(engine) as connection:
        of_run = SentimentRow.run_id == fresh
        connection.execute(update(SentimentRow).where(of_run).values(label="newer"))
    later = make_run(engine, ["good"], name="later")
    assert work(engine, child) == []
    assert labels(engine, later) == [("newer", True)]


def test_what_failed_is_tried_again(engine: Engine, child: Child) -> None:
    child.analysis.errors["forward", "bad"] = ValueError("at this one")
    make_run(engine, ["bad", "good", "bad"])
    work(engine, child)
    with reading(engine) as connection:
        letters = select(DeadLetter.run_id, DeadLetter.error_class)
        assert len(connection.execute(letters).all()) == 2
    assert reused(engine) == {"sentiment": 0}
    child.analysis.errors.clear()
    again = make_run(engine, ["bad", "good"], name="again")
    assert work(engine, child) == ["bad"]
    assert labels(engine, again) == [("3", False), ("4", True)]


def test_what_needed_no_model_is_not_kept(engine: Engine, child: Child) -> None:
    make_run(engine, [""])
    work(engine, child)
    with reading(engine) as connection:
        row = connection.execute(select(SentimentRow.model_id, SentimentRow.cache_key)).one()
    assert tuple(row) == (None, None)


def test_heads_on_one_encoder_reuse_together_also_where_nothing_was_found(
    engine: Engine, child: Child, heads: dict[str, Path], passes: Passes
) -> None:
    analyses = ("sentiment", "entities")
    texts = ["the parcel is broken", "Berlin", "Anna is er, in Berlin!", "where is it"]
    child.engines.update(engines_of(heads))
    first = make_run(engine, texts, analyses)
    work(engine, child, analyses)
    assert sum(passes.rows) == len(texts)
    second = make_run(engine, texts, analyses, name="second")
    work(engine, child, analyses)
    assert sum(passes.rows) == len(texts)
    assert reused(engine, "second") == dict.fromkeys(analyses, len(texts))
    said = [EntityRow.ordinal, EntityRow.type, EntityRow.text, EntityRow.start, EntityRow.score]
    with reading(engine) as connection:
        entities = [
            connection.execute(
                select(*said)
                .where(EntityRow.run_id == run)
                .order_by(EntityRow.document_id, EntityRow.ordinal)
            ).all()
            for run in (first, second)
        ]
        named = set(connection.execute(select(EntityRow.document_id)).scalars())
        nothing = list(connection.execute(select(EmptyResult.document_id)).scalars())
    assert entities[0] and entities[0] == entities[1]
    assert len(named) + len(nothing) == 2 * len(texts)


def test_of_two_heads_only_the_one_that_has_not_read_a_text_computes_it(
    engine: Engine, child: Child, heads: dict[str, Path], passes: Passes
) -> None:
    texts = ["the parcel is broken", "Berlin"]
    child.engines.update(engines_of(heads))
    make_run(engine, texts, ["sentiment"])
    work(engine, child)
    make_run(engine, [*texts, "where is it"], ("sentiment", "entities"), name="both")
    work(engine, child, ("sentiment", "entities"))
    assert reused(engine, "both") == {"sentiment": 2, "entities": 0}
    # Two, then all three for entities, of which the new one goes through for sentiment as well.
    assert sum(passes.rows) == 2 + 3


def test_a_child_that_is_killed_with_results_in_hand_leaves_nothing_double(
    engine: Engine, child: Child
) -> None:
    make_run(engine, TEXTS[:4])
    work(engine, child)
    second = make_run(engine, TEXTS[:5], name="second")
    dispatch(engine, child.messages.publish, "sentiment", 1_000)
    job = jobs(engine, second)[0]
    assert _work_in_a_fork(engine, child, job.id, lambda: os.kill(os.getpid(), signal.SIGKILL))
    assert jobs(engine, second)[0].state == JobState.RUNNING and labels(engine, second) == []
    with writing(engine) as connection:
        running = update(Job).where(Job.state == JobState.RUNNING)
        connection.execute(running.values(lease_until=after(-1)))
    reap(engine, 3)
    assert work(engine, child) == [TEXTS[4]]
    assert [one for _, one in labels(engine, second)] == [True] * 4 + [False]


def _work_in_a_fork(
    engine: Engine, child: Child, job_id: int, on_text: Callable[[], object]
) -> bool:
    """Run one message in a process of its own, in which something is done when the new text is
    computed; whether it died of a signal.
    """
    engine.dispose()
    pid = os.fork()
    if pid == 0:
        child.analysis.on_forward[TEXTS[4]] = on_text
        child.runner.run_message("sentiment", job_id)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])
