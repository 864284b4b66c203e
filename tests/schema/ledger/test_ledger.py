"""The life of a job in the ledger, on both databases."""

from __future__ import annotations

import threading

from sqlalchemy import Engine, func, select, update

from schema.database import reading, writing
from schema.database.clock import after, now, seconds_since
from schema.ledger.claim import Claim, claim
from schema.ledger.documents import read_documents
from schema.ledger.finish import finish
from schema.ledger.heartbeat import heartbeat
from schema.ledger.lose import lose
from schema.ledger.reap import Reaped, reap
from schema.ledger.release import expire, release
from schema.process import Process
from schema.results import Failure
from schema.results.entity import Entity, EntityRow
from schema.results.outcome import Outcome, Provenance
from schema.results.sentiment import Sentiment, SentimentRow
from schema.tables import DeadLetter, Job, JobState, Model
from schema.worker_registry import register
from tests.support.ledger import jobs, make_run

LEASE = 30.0
FAULT = Failure("TypeError", "nobody knows why")
MODEL = Provenance("pocket/sentiment", "sha256:0123456789ab", {"dtype": "float32", "a": 1})


def claim_first(engine: Engine) -> Claim:
    first = jobs(engine)[0]
    claimed = claim(engine, first.id, first.analysis, "node/0", LEASE)
    assert claimed is not None
    return claimed


def sentiments(engine: Engine, claimed: Claim, label: str = "POSITIVE") -> list[Outcome]:
    documents = read_documents(engine, claimed)
    return [Outcome(int(d.id), [Sentiment(label, 0.9)], MODEL) for d in documents]


def let_lease_pass(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(
            update(Job).where(Job.state == JobState.RUNNING).values(lease_until=after(-1))
        )


def count(engine: Engine, table: type) -> int:
    with reading(engine) as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_clock_is_the_databases_own(engine: Engine) -> None:
    make_run(engine, ["a"])
    with writing(engine) as connection:
        connection.execute(update(Job).values(started_at=after(-90), lease_until=after(90)))
        seconds, late = connection.execute(
            select(seconds_since(Job.started_at), Job.lease_until > now())
        ).one()
    assert 89.9 < seconds < 100
    assert late


def test_jobs_cover_every_document_once(engine: Engine) -> None:
    make_run(engine, list("abcdefghijk"), ("sentiment", "qa"), job_size=4)
    slices = [(j.analysis, j.first_position, j.end_position) for j in jobs(engine)]
    for analysis in ("sentiment", "qa"):
        assert [s[1:] for s in slices if s[0] == analysis] == [(0, 4), (4, 8), (8, 11)]


def test_claim_gives_the_slice_and_charges_the_attempt(engine: Engine) -> None:
    make_run(engine, list("abcdefghijk"), job_size=4)
    second = jobs(engine)[1]
    claimed = claim(engine, second.id, "sentiment", "gpu0@host/1", LEASE)
    assert claimed is not None
    assert (claimed.first_position, claimed.end_position) == (4, 8)
    assert (claimed.attempts, claimed.fence) == (1, 1)
    assert [d.text for d in read_documents(engine, claimed)] == list("efgh")
    assert jobs(engine)[1].worker == "gpu0@host/1"


def test_only_one_of_many_claims_a_job(engine: Engine) -> None:
    make_run(engine, ["a"])
    job_id = jobs(engine)[0].id
    together, won = threading.Barrier(8), []

    def attempt(number: int) -> None:
        together.wait()
        if claim(engine, job_id, "sentiment", f"node/{number}", LEASE):
            won.append(number)

    threads = [threading.Thread(target=attempt, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert jobs(engine)[0].attempts == 1


def test_nothing_to_claim(engine: Engine) -> None:
    make_run(engine, ["a"])
    claimed = claim_first(engine)
    assert claim(engine, claimed.job_id, "sentiment", "node/1", LEASE) is None, "running"
    assert finish(engine, claimed, sentiments(engine, claimed))
    assert claim(engine, claimed.job_id, "sentiment", "node/1", LEASE) is None, "done"
    assert claim(engine, 999_999, "sentiment", "node/1", LEASE) is None, "no such job"


def test_a_message_of_another_analysis_claims_nothing(engine: Engine) -> None:
    make_run(engine, ["a"])
    assert claim(engine, jobs(engine)[0].id, "qa", "node/0", LEASE) is None
    assert jobs(engine)[0].attempts == 0


def test_what_a_worker_held_is_free_when_it_is_gone(engine: Engine) -> None:
    make_run(engine, ["a", "b"], job_size=1)
    first, second = jobs(engine)
    gone = claim(engine, first.id, "sentiment", "node/0", LEASE)
    assert gone and claim(engine, second.id, "sentiment", "node/1", LEASE)
    death = Failure("SIGKILL", "its worker was killed")
    process = Process("machine", 4711, 1)
    assert lose(engine, "node/0", process, death) == 0, "nobody knows this process"
    register(engine, "node/0", process, ["sentiment"], death)
    assert lose(engine, "node/0", process, death) == 1
    assert reap(engine, max_attempts=3) == Reaped(expired=1)
    assert [job.state for job in jobs(engine)] == [JobState.PENDING, JobState.RUNNING]
    assert jobs(engine)[0].error_class == "SIGKILL"
    assert not finish(engine, gone, sentiments(engine, gone)), "it was not gone after all"


def test_finish_writes_results_models_and_done(engine: Engine) -> None:
    make_run(engine, ["a", "b"])
    claimed = claim_first(engine)
    assert finish(engine, claimed, sentiments(engine, claimed))
    job = jobs(engine)[0]
    assert (job.state, job.failed, job.lease_until) == (JobState.DONE, 0, None)
    assert job.finished_at is not None and job.seconds is not None and job.seconds >= 0
    with reading(engine) as connection:
        rows = connection.execute(
            select(SentimentRow.label, SentimentRow.score, Model.name, Model.options).join(
                Model, Model.id == SentimentRow.model_id
            )
        ).all()
    assert rows == [("POSITIVE", 0.9, MODEL.name, MODEL.options)] * 2


def test_jobs_of_one_model_share_its_row(engine: Engine) -> None:
    make_run(engine, ["a", "b"], job_size=1)
    for job in jobs(engine):
        claimed = claim(engine, job.id, "sentiment", "node/0", LEASE)
        assert claimed
        finish(engine, claimed, sentiments(engine, claimed))
    assert count(engine, Model) == 1


def test_a_failed_document_is_a_dead_letter_and_the_others_go_through(engine: Engine) -> None:
    make_run(engine, ["a", "b", "c"])
    claimed = claim_first(engine)
    outcomes = sentiments(engine, claimed)
    failure = Failure("DocumentError", "too strange")
    outcomes[1] = Outcome(outcomes[1].document_id, failure, MODEL)
    assert finish(engine, claimed, outcomes)
    assert (jobs(engine)[0].state, jobs(engine)[0].failed) == (JobState.DONE, 1)
    assert count(engine, SentimentRow) == 2
    with reading(engine) as connection:
        letter = connection.execute(select(DeadLetter.__table__)).one()
    assert letter.document_id == outcomes[1].document_id
    assert (letter.error_class, letter.message, letter.attempts) == (
        "DocumentError",
        "too strange",
        1,
    )


def test_a_zombie_writes_nothing(engine: Engine) -> None:
    make_run(engine, ["a"])
    zombie = claim_first(engine)
    let_lease_pass(engine)
    assert reap(engine, max_attempts=3) == Reaped(expired=1)
    newer = claim_first(engine)
    assert newer.fence == zombie.fence + 1
    assert not heartbeat(engine, zombie, LEASE)
    assert not release(engine, zombie)
    assert not finish(engine, zombie, sentiments(engine, zombie, "NEGATIVE"))
    assert count(engine, SentimentRow) == 0
    assert finish(engine, newer, sentiments(engine, newer))
    assert not finish(engine, newer, sentiments(engine, newer)), "twice"
    assert count(engine, SentimentRow) == 1


def test_a_job_done_twice_leaves_one_row(engine: Engine) -> None:
    make_run(engine, ["a"], ("entities",))
    first = claim_first(engine)
    entities = [Entity("ORG", "a", 0, 1, 0.5), Entity("PER", "a", 0, 1, 0.6)]
    document = int(read_documents(engine, first)[0].id)
    assert finish(engine, first, [Outcome(document, entities, MODEL)])
    with writing(engine) as connection:
        connection.execute(update(Job).values(state=JobState.PENDING))
    again = claim_first(engine)
    assert finish(engine, again, [Outcome(document, entities[:1], MODEL)])
    assert count(engine, EntityRow) == 1


def test_heartbeat_keeps_a_job(engine: Engine) -> None:
    make_run(engine, ["a"])
    claimed = claim_first(engine)
    let_lease_pass(engine)
    assert heartbeat(engine, claimed, LEASE)
    assert reap(engine, max_attempts=3) == Reaped()


def test_release_charges_nobody_and_waits(engine: Engine) -> None:
    make_run(engine, ["a"])
    claimed = claim_first(engine)
    assert release(engine, claimed, delay=60)
    job = jobs(engine)[0]
    assert (job.state, job.attempts) == (JobState.PENDING, 0)
    assert claim(engine, job.id, "sentiment", "node/0", LEASE) is None, "not due yet"
    with writing(engine) as connection:
        connection.execute(update(Job).values(not_before=after(-1)))
    assert claim(engine, job.id, "sentiment", "node/0", LEASE) is not None


def test_the_document_that_kills_workers_is_cornered(engine: Engine) -> None:
    """Every worker dies on document `x`; the others come through, `x` is dead."""
    make_run(engine, list("abxdefgh"), job_size=8)
    deaths = 0
    while waiting := [j for j in jobs(engine) if j.state == JobState.PENDING]:
        for job in waiting:
            claimed = claim(engine, job.id, "sentiment", "node/0", LEASE)
            assert claimed
            if any(document.text == "x" for document in read_documents(engine, claimed)):
                deaths += 1
                assert expire(engine, claimed, FAULT)
            else:
                assert finish(engine, claimed, sentiments(engine, claimed))
        reap(engine, max_attempts=3)
    states = [(j.first_position, j.end_position, j.state) for j in jobs(engine)]
    assert [s for s in states if s[2] == JobState.DEAD] == [(2, 3, JobState.DEAD)]
    assert {s[2] for s in states} == {JobState.DONE, JobState.DEAD}
    assert sum(end - first for first, end, _ in states) == 8
    assert count(engine, SentimentRow) == 7
    assert count(engine, DeadLetter) == 1
    with reading(engine) as connection:
        letter = connection.execute(select(DeadLetter.error_class, DeadLetter.message)).one()
    assert tuple(letter) == (FAULT.error_class, FAULT.message)
    assert deaths <= 6


def test_two_reapers_at_once_free_a_job_once(engine: Engine) -> None:
    make_run(engine, list("abcd"), job_size=1)
    for job in jobs(engine):
        claim(engine, job.id, "sentiment", "node/0", LEASE)
    let_lease_pass(engine)
    together, freed = threading.Barrier(2), []

    def run() -> None:
        together.wait()
        freed.append(reap(engine, max_attempts=3).expired)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(freed) == 4


def test_one_attempt_still_halves_a_job_before_it_buries(engine: Engine) -> None:
    make_run(engine, ["a"] * 4, job_size=4)
    expire(engine, claim_first(engine), FAULT)
    assert reap(engine, max_attempts=1) == Reaped(expired=1, halved=1)
    assert count(engine, DeadLetter) == 0
