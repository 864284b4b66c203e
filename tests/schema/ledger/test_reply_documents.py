"""What is read of documents where replies are drafted: what came with them, and the sentiment."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, delete, update

from schema.database import writing
from schema.document import About
from schema.ledger import libraries
from schema.ledger.claim import UnknownOptionsError, claim
from schema.ledger.documents import read_documents
from schema.ledger.finish import finish
from schema.ledger.libraries import store_library
from schema.options import RunOptions
from schema.polarity import Polarity
from schema.reply_library import Macro, ReplyLibrary
from schema.results.outcome import Outcome
from schema.results.sentiment import Sentiment
from schema.tables import DocumentRow, ReplyLibraryRow, Run
from tests.support.ledger import jobs, make_run
from tests.support.working import LEASE

LIBRARY = ReplyLibrary.of(
    "macros.csv", [Macro(line=2, title="Refund", when=("Money back",), reply="Hi {name}")]
)


def give(engine: Engine, run_id: int, options: RunOptions) -> None:
    with writing(engine) as connection:
        if options.replies is not None:
            store_library(connection, options.replies)
            store_library(connection, options.replies)
        connection.execute(update(Run).where(Run.id == run_id).values(options=options.stored()))


def test_a_claim_has_the_whole_library_and_documents_what_came_with_them(engine: Engine) -> None:
    run_id = make_run(engine, ["Broken."], ["reply"])
    give(engine, run_id, RunOptions(replies=LIBRARY))
    told = {"product": "Lamp", "rating": 2.0, "rating_scale": 5, "extra": {"name": "Ann"}}
    with writing(engine) as connection:
        connection.execute(update(DocumentRow).values(told))
    (job,) = jobs(engine)
    claimed = claim(engine, job.id, "reply", "node/0", LEASE)
    assert claimed is not None and claimed.options.replies == LIBRARY
    (document,) = read_documents(engine, claimed)
    assert document.about == About("Lamp", 2.0, 5, None, {"name": "Ann"})
    assert len({document}) == 1


def test_other_analyses_of_the_run_carry_neither(engine: Engine) -> None:
    run_id = make_run(engine, ["Broken."], ["sentiment"])
    give(engine, run_id, RunOptions(replies=LIBRARY))
    (job,) = jobs(engine)
    claimed = claim(engine, job.id, "sentiment", "node/0", LEASE)
    assert claimed is not None and claimed.options.replies is not None
    assert claimed.options.replies.macros == ()
    (document,) = read_documents(engine, claimed)
    assert document.about is None


def test_a_library_that_is_gone_is_said_and_nothing_is_claimed(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libraries, "_kept", {})
    run_id = make_run(engine, ["Broken."], ["reply"])
    give(engine, run_id, RunOptions(replies=LIBRARY))
    with writing(engine) as connection:
        connection.execute(delete(ReplyLibraryRow))
    (job,) = jobs(engine)
    with pytest.raises(UnknownOptionsError, match=r"macros\.csv is no longer in the database"):
        claim(engine, job.id, "reply", "node/0", LEASE)
    assert [one.state for one in jobs(engine)] == ["pending"]


@pytest.mark.parametrize(("unsure", "told"), [(False, "positive"), (True, None)])
def test_a_reply_waits_for_the_sentiment_and_is_told_it_if_that_is_sure(
    engine: Engine, unsure: bool, told: str | None
) -> None:
    needs = {"reply": ["sentiment"]}
    run_id = make_run(engine, ["Fine."], ["sentiment", "reply"], needs=needs)
    of = {one.analysis: one.id for one in jobs(engine, run_id)}
    assert claim(engine, of["reply"], "reply", "node/1", LEASE) is None
    first = claim(engine, of["sentiment"], "sentiment", "node/0", LEASE)
    assert first is not None
    (document,) = read_documents(engine, first)
    found = Sentiment("GOOD", 0.9, polarity=Polarity.POSITIVE, unsure=unsure)
    assert finish(engine, first, [Outcome(int(document.id), [found], None)])
    reply = claim(engine, of["reply"], "reply", "node/1", LEASE)
    # It waits for no language: it reads whatever there is.
    assert reply is not None and not reply.by_language
    (document,) = read_documents(engine, reply)
    assert document.about is not None and document.about.polarity == told
