"""Known results: found by the hash of what they were made of, however many say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select

from schema.database import reading, writing
from schema.ledger.claim import Claim
from schema.ledger.delete import begin_deletion, delete_run
from schema.ledger.finish import finish
from schema.ledger.forget import Which, forget
from schema.ledger.known import find_known
from schema.ledger.replay import replay
from schema.ledger.write import write_outcomes
from schema.results import Failure, Result
from schema.results.answer import Answer
from schema.results.entity import Entity
from schema.results.language import TEXT, DetectedLanguage
from schema.results.outcome import Outcome, Provenance
from schema.results.sentiment import Sentiment
from schema.results.summary import Summary
from schema.results.translation import Translation
from schema.status.progress import run_progress
from schema.tables import EmptyResult
from schema.verification import verify
from tests.support.ledger import jobs, make_run
from tests.support.working import claim_all, outcomes

MODEL = Provenance("pocket/x", "sha256:0123456789ab", {"threshold": 0.5})
ONE, OTHER = b"\1" * 16, b"\2" * 16
RESULTS: dict[str, list[Result]] = {
    "sentiment": [Sentiment("4 stars", 0.75, 2, {"4 stars": 0.75}, True, "positive", 0.5)],
    "entities": [Entity("ORG", "Acme", 0, 4, 0.5), Entity("LOC", "Rome", 9, 13, 0.25, True)],
    "qa": [Answer("What does the customer want?", "a toy", 3, 8, 0.5, 2)],
    "summary": [Summary("It broke.", 1, ((0, 9),))],
    "translation": [Translation("de", "Kaputt.", 1, 0.5)],
    "language": [DetectedLanguage("en", 0.5, True, TEXT)],
}


def write(
    engine: Engine, results: Sequence[Result], digest: bytes, analysis: str, name: str = "run"
) -> int:
    """A run of one document with these results."""
    run_id = make_run(engine, ["a text"], [analysis], name=name)
    (claimed,) = claim_all(engine, run_id)
    assert finish(engine, claimed, [_outcome(engine, claimed, results, digest)])
    return run_id


def _outcome(engine: Engine, claimed: Claim, results: Sequence[Result], digest: bytes) -> Outcome:
    (made,) = outcomes(engine, claimed)
    return replace(made, outcome=results, model=MODEL, cache_key=digest)


def shown(results: Sequence[Result]) -> list[object]:
    return [one.as_json() for one in results]


@pytest.mark.parametrize("analysis", RESULTS)
def test_results_are_found_as_they_were_stored(engine: Engine, analysis: str) -> None:
    write(engine, RESULTS[analysis], ONE, analysis)
    found = find_known(engine, analysis, [ONE, OTHER])
    assert {digest: shown(one) for digest, one in found.items()} == {ONE: shown(RESULTS[analysis])}
    assert find_known(engine, analysis, []) == {}


def test_the_newest_is_found_also_where_it_found_nothing(engine: Engine) -> None:
    write(engine, RESULTS["entities"], ONE, "entities", "first")
    write(engine, [], ONE, "entities", "second")
    write(engine, [], OTHER, "entities", "third")
    last = RESULTS["entities"][:1]
    write(engine, last, OTHER, "entities", "fourth")
    assert find_known(engine, "entities", [ONE, OTHER]) == {ONE: [], OTHER: last}
    with reading(engine) as connection:
        assert verify(connection) == []


def test_of_a_text_that_many_have_one_is_read(engine: Engine) -> None:
    run_id = make_run(engine, ["ok"] * 50, job_size=50)
    (claimed,) = claim_all(engine, run_id)
    made = outcomes(engine, claimed)
    assert finish(engine, claimed, [replace(one, cache_key=ONE) for one in made])
    assert len(find_known(engine, "sentiment", [ONE])[ONE]) == 1


def test_results_outlive_the_run_that_computed_them(engine: Engine) -> None:
    first = write(engine, RESULTS["summary"], ONE, "summary", "first")
    write(engine, RESULTS["summary"], ONE, "summary", "second")
    begin_deletion(engine, first)
    list(delete_run(engine, first))
    assert list(find_known(engine, "summary", [ONE])) == [ONE]


def test_what_is_forgotten_or_deleted_is_not_found(engine: Engine) -> None:
    write(engine, RESULTS["summary"], ONE, "summary", "one")
    other = write(engine, [], OTHER, "entities", "other")
    list(forget(engine, Which("external_id", "0", "one")))
    begin_deletion(engine, other)
    list(delete_run(engine, other))
    with reading(engine) as connection:
        assert connection.execute(select(EmptyResult.run_id)).all() == []
    assert find_known(engine, "summary", [ONE]) == find_known(engine, "entities", [OTHER]) == {}


def test_a_claim_that_is_lost_writes_no_known_results(engine: Engine) -> None:
    make_run(engine, ["a text"], ["entities"])
    (old,) = claim_all(engine)
    made = _outcome(engine, old, [], ONE)
    assert not finish(engine, replace(old, fence=old.fence - 1), [replace(made, reused=True)])
    assert find_known(engine, "entities", [ONE]) == {}
    assert finish(engine, old, [replace(made, reused=True)])
    assert [job.reused for job in jobs(engine)] == [1]


def test_a_second_attempt_stands_in_place_of_the_first(engine: Engine) -> None:
    """Nothing of the first stays, be it that it found nothing, or that it did."""
    make_run(engine, ["a text"], ["entities"])
    (claimed,) = claim_all(engine)
    for results in ([], RESULTS["entities"], []):
        with writing(engine) as connection:
            outcome = _outcome(engine, claimed, results, ONE)
            write_outcomes(connection, claimed, [outcome])
        assert find_known(engine, "entities", [ONE]) == {ONE: results}


def test_reused_documents_stay_counted_when_dead_letters_are_replayed(engine: Engine) -> None:
    run_id = make_run(engine, [str(number) for number in range(10)])
    (claimed,) = claim_all(engine)
    made = [replace(one, reused=number < 7) for number, one in enumerate(outcomes(engine, claimed))]
    made[8] = replace(made[8], outcome=Failure("ValueError", "no"), reused=False)
    assert finish(engine, claimed, made)
    assert progress(engine) == (9, 7)
    assert replay(engine, run_id, job_size=10) == {"sentiment": 1}
    assert [(job.end_position - job.first_position, job.reused) for job in jobs(engine)] == [
        (8, 7),
        (1, 0),
        (1, 0),
    ]
    assert progress(engine) == (9, 7)


def progress(engine: Engine) -> tuple[int, int]:
    with reading(engine) as connection:
        (one,) = run_progress(connection, "run").analyses
    return one.done, one.reused
