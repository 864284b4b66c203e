"""Jobs that wait for others of the same documents: until when, and through what."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import Engine, insert, select, update

from schema.database import reading, writing
from schema.database.clock import after
from schema.ledger.archive import UnfinishedRunError, archive
from schema.ledger.cancel import cancel
from schema.ledger.claim import Claim, claim
from schema.ledger.delete import begin_deletion, delete_run
from schema.ledger.dispatch import dispatch
from schema.ledger.documents import read_documents
from schema.ledger.finish import finish
from schema.ledger.needs import dependants, in_order
from schema.ledger.pause import pause, resume
from schema.ledger.reap import reap
from schema.ledger.release import release
from schema.ledger.replay import replay
from schema.ledger.unblock import unblock_left_over
from schema.results.language import TEXT, DetectedLanguage
from schema.results.outcome import Outcome
from schema.results.translation import Translation
from schema.status.progress import run_progress
from schema.tables import DocumentRow, Job, JobState, Run
from schema.verification import verify
from tests.support.ledger import jobs, make_run
from tests.support.working import LEASE, claim_all, outcomes, work

pytestmark = pytest.mark.slow

TEXTS = ["eins", "zwei", "drei", "vier"]
NEEDS = {"sentiment": ["language"], "summary": ["language", "translation"]}
NEEDS["translation"] = ["language"]
ALL = ("language", "sentiment", "summary", "translation")
BLOCKED, PENDING, DONE = JobState.BLOCKED, JobState.PENDING, JobState.DONE


def make(
    engine: Engine, analyses: Sequence[str], job_size: int, name: str = "run", texts: int = 4
) -> int:
    """A run of some of the analyses."""
    needs = {
        one: [name for name in needed if name in analyses]
        for one, needed in NEEDS.items()
        if one in analyses
    }
    some = [*TEXTS, "fünf"][:texts]
    return make_run(engine, some, analyses, job_size, name, needs=needs)


def states(engine: Engine, analysis: str, run: int | None = None) -> list[str]:
    found = [job for job in jobs(engine, run) if job.analysis == analysis]
    return [job.state for job in sorted(found, key=lambda job: job.first_position)]


def claimed(engine: Engine, analysis: str, first: int = 0) -> Claim:
    (job,) = (j for j in jobs(engine) if (j.analysis, j.first_position) == (analysis, first))
    held = claim(engine, job.id, analysis, "node/0", LEASE)
    assert held is not None
    return held


def finished(engine: Engine, analysis: str, first: int = 0, failing: Sequence[str] = ()) -> None:
    held = claimed(engine, analysis, first)
    assert finish(engine, held, outcomes(engine, held, failing))
    assert verify(engine) == []


def sent(engine: Engine, analysis: str) -> list[int]:
    """Whose messages go out."""
    found: list[int] = []

    def publish(_analysis: str, job_ids: Sequence[int], /, *, urgent: bool) -> None:
        found.extend(job_ids)

    dispatch(engine, publish, analysis, 9)
    return found


def run_out(engine: Engine, held: Claim) -> None:
    """The worker of a claim dies."""
    with writing(engine) as connection:
        gone = update(Job).where(Job.id == held.job_id)
        connection.execute(gone.values(lease_until=after(-1)))


def test_what_waits_for_what() -> None:
    assert dependants(NEEDS, "language") == ["sentiment", "summary", "translation"]
    assert dependants(NEEDS, "translation") == ["summary"]
    assert dependants(NEEDS, "sentiment") == dependants({}, "language") == []
    assert in_order(ALL, NEEDS) == ["language", "sentiment", "translation", "summary"]
    assert in_order(ALL, {}) == list(ALL)


def test_a_slice_goes_when_its_own_language_is_known(engine: Engine) -> None:
    make(engine, ALL[:2], 2)
    assert states(engine, "language") == [PENDING, PENDING]
    assert states(engine, "sentiment") == [BLOCKED, BLOCKED]
    assert sent(engine, "sentiment") == []
    assert {held.analysis for held in claim_all(engine)} == {"language"}
    with writing(engine) as connection:
        running = update(Job).where(Job.state == JobState.RUNNING)
        connection.execute(running.values(state=PENDING, attempts=0))

    finished(engine, "language", 2)
    assert states(engine, "sentiment") == [BLOCKED, PENDING]
    assert len(sent(engine, "sentiment")) == 1
    finished(engine, "language", 0)
    assert states(engine, "sentiment") == [PENDING, JobState.QUEUED]
    finished(engine, "sentiment", 0)
    finished(engine, "sentiment", 2)


def test_one_waits_for_two_and_for_all_slices_that_have_its_documents(engine: Engine) -> None:
    run = make(engine, ["language"], 1)
    # A run whose analyses are cut into slices of other sizes.
    with writing(engine) as connection:
        names = ["language", "summary", "translation"]
        needs = {one: NEEDS[one] for one in names[1:]}
        connection.execute(update(Run).values(analyses=names, needs=needs))
        rows = [("translation", 0, 2), ("translation", 2, 4), ("summary", 0, 3), ("summary", 3, 4)]
        new = {"run_id": run, "state": BLOCKED, "attempts": 0, "fence": 0, "failed": 0}
        columns = ("analysis", "first_position", "end_position")
        made = [new | dict(zip(columns, row, strict=True)) for row in rows]
        connection.execute(insert(Job), made)
    for first, translation in ((0, BLOCKED), (1, PENDING), (2, PENDING)):
        finished(engine, "language", first)
        assert states(engine, "translation") == [translation, BLOCKED]
    assert states(engine, "summary") == [BLOCKED, BLOCKED]
    finished(engine, "translation", 0)
    finished(engine, "language", 3)
    # Of its first three documents the last is not translated.
    assert states(engine, "summary") == [BLOCKED, BLOCKED]
    finished(engine, "translation", 2)
    assert states(engine, "summary") == [PENDING, PENDING]


def test_what_fails_keeps_nobody_waiting(engine: Engine) -> None:
    run = make(engine, ALL[:2], 1)
    finished(engine, "language", 0, failing=["eins"])
    held = claimed(engine, "language", 1)
    run_out(engine, held)
    assert reap(engine, 1).dead == 1
    assert verify(engine) == []
    assert states(engine, "sentiment") == [PENDING, PENDING, BLOCKED, BLOCKED]
    for first in (0, 1):
        held = claimed(engine, "sentiment", first)
        assert [one.language for one in read_documents(engine, held)] == [None]
    with reading(engine) as connection:
        progress = run_progress(connection, "run")
    sentiment = progress.analyses[1]
    assert (sentiment.analysis, sentiment.waiting, sentiment.blocked) == ("sentiment", 2, 2)
    assert sentiment.waits_for == ("language",)
    assert not progress.finished
    with pytest.raises(UnfinishedRunError):
        archive(engine, run)


def test_halves_of_what_is_needed_are_waited_for(engine: Engine) -> None:
    make(engine, ALL[:2], 4)
    for _ in range(2):
        run_out(engine, claimed(engine, "language"))
        reap(engine, 3)
    assert len(states(engine, "language")) == 2
    finished(engine, "language", 0)
    assert states(engine, "sentiment") == [BLOCKED]
    finished(engine, "language", 2)
    assert states(engine, "sentiment") == [PENDING]


def test_a_job_that_is_given_back_is_still_waited_for(engine: Engine) -> None:
    make(engine, ALL[:2], 4)
    assert release(engine, claimed(engine, "language"))
    assert states(engine, "sentiment") == [BLOCKED]
    assert not unblock_left_over(engine)


def test_no_stale_claim_lets_anybody_go(engine: Engine) -> None:
    make(engine, ALL[:2], 4)
    held = claimed(engine, "language")
    run_out(engine, held)
    reap(engine, 3)
    assert not finish(engine, held, outcomes(engine, held))
    assert states(engine, "sentiment") == [BLOCKED]


@pytest.mark.parametrize("end", [cancel, begin_deletion])
def test_nobody_waits_in_a_run_that_is_given_up(engine: Engine, end: object) -> None:
    run = make(engine, ALL, 2)
    other = make(engine, ALL[:2], 2, "other")
    end(engine, run)  # type: ignore[operator]
    assert {job.state for job in jobs(engine, run)} == {JobState.CANCELLED}
    assert states(engine, "sentiment", other) == [BLOCKED, BLOCKED]
    assert verify(engine) == []
    if end is begin_deletion:
        assert [*delete_run(engine, run)]
        assert jobs(engine, run) == []


def test_a_pause_changes_nothing_of_it(engine: Engine) -> None:
    run = make(engine, ALL[:2], 2)
    held = claimed(engine, "language", 0)
    pause(engine, run)
    assert finish(engine, held, outcomes(engine, held))
    assert states(engine, "sentiment") == [PENDING, BLOCKED]
    assert sent(engine, "sentiment") == []
    resume(engine, run)
    assert len(sent(engine, "sentiment")) == 1


def test_a_replay_of_both_has_one_wait_for_the_other(engine: Engine) -> None:
    run = make(engine, ALL[:2], 4)
    finished(engine, "language", 0, failing=["zwei"])
    finished(engine, "sentiment", 0, failing=["zwei", "vier"])
    assert replay(engine, run, job_size=4).total() == 3
    assert verify(engine) == []
    assert states(engine, "language") == [DONE, PENDING, DONE]
    # The fourth document has its language; the second has not.
    assert states(engine, "sentiment") == [DONE, BLOCKED, DONE, PENDING]
    finished(engine, "language", 1)
    assert states(engine, "sentiment") == [DONE, PENDING, DONE, PENDING]
    assert work(engine, run) == 2
    assert verify(engine) == []


def test_a_replay_of_what_is_needed_leaves_the_others_alone(engine: Engine) -> None:
    run = make(engine, ALL[:2], 4)
    finished(engine, "language", 0, failing=["zwei"])
    replay(engine, run, "language", job_size=4)
    assert states(engine, "sentiment") == [PENDING]
    finished(engine, "sentiment", 0, failing=["eins"])
    # Of the first document the language is known.
    replay(engine, run, "sentiment", job_size=4)
    assert states(engine, "sentiment") == [PENDING, DONE]


def test_maintenance_lets_go_what_an_older_worker_has_left(engine: Engine) -> None:
    make(engine, ALL[:2], 2)
    with writing(engine) as connection:
        first = (Job.analysis == "language", Job.first_position == 0)
        connection.execute(update(Job).where(*first).values(state=JobState.CANCELLED))
    (violation,) = verify(engine)
    assert violation.check == "blocked, but with nothing to wait for"
    assert unblock_left_over(engine) == 1
    assert states(engine, "sentiment") == [PENDING, BLOCKED]
    assert verify(engine) == []


def test_verification_knows_needs_that_never_end(engine: Engine) -> None:
    make_run(engine, TEXTS, ALL[:2], 2, needs={"sentiment": ["language"]})
    for needs in ({"sentiment": ["sentiment"]}, {"sentiment": ["entities"]}):
        with writing(engine) as connection:
            connection.execute(update(Run).values(needs=needs))
        assert "needs what waits for it" in "".join(one.check for one in verify(engine))


def test_documents_come_with_what_was_found(engine: Engine) -> None:
    make(engine, ALL, 5, texts=5)
    with reading(engine) as connection:
        ids = list(connection.execute(select(DocumentRow.id).order_by(DocumentRow.id)).scalars())
    with writing(engine) as connection:
        own = update(DocumentRow).where(DocumentRow.id == ids[0])
        connection.execute(own.values(language="fr"))
    found = [("de", False), ("es", False), ("it", True), ("und", False)]
    held = claimed(engine, "language")
    made = [
        Outcome(document, [DetectedLanguage(language, 0.9, unsure, TEXT)], None)
        for document, (language, unsure) in zip(ids, found, strict=False)
    ]
    assert finish(engine, held, made)
    held = claimed(engine, "translation")
    assert [one.translation for one in read_documents(engine, held)] == [None] * 5
    assert finish(engine, held, [Outcome(ids[1], [Translation("en", "two")], None)])
    read = read_documents(engine, claimed(engine, "summary"))
    # Its own goes before what was found; what is unsure, in no language, or missing is unknown.
    assert [one.language for one in read] == ["fr", "es", None, None, None]
    assert [one.translation for one in read] == [None, "two", None, None, None]
    sentiment = read_documents(engine, claimed(engine, "sentiment"))
    assert {one.translation for one in sentiment} == {None}
