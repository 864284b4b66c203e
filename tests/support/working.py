"""Work on jobs as a worker does, with results made up: claim, read, finish."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Engine

from schema.document import Document
from schema.ledger.claim import Claim, claim
from schema.ledger.documents import read_documents
from schema.ledger.finish import finish
from schema.results import Failure, Result
from schema.results.answer import Answer
from schema.results.base import Label
from schema.results.embedding import ClauseEmbedding
from schema.results.entity import Entity
from schema.results.intent import FoundIntent
from schema.results.language import TEXT, DetectedLanguage
from schema.results.outcome import Outcome, Provenance
from schema.results.reply import LIBRARY, ReplyDraft
from schema.results.sentiment import Sentiment
from schema.results.summary import Summary
from schema.results.translation import Translation
from tests.support.ledger import jobs

LEASE = 30.0
FAILURE = Failure("ValueError", "no tokens are left of it")


def results(analysis: str, document: Document, claimed: Claim) -> Sequence[Result]:
    """What a model might say; it quotes the document."""
    text = document.text
    made: dict[str, Sequence[Result]] = {
        "sentiment": [Sentiment("POSITIVE", 0.9)],
        "entities": [Entity("ORG", text, 0, len(text), 0.9) for _ in range(2)],
        "qa": [Answer(one, text, 0, len(text), 0.9) for one in claimed.options.questions],
        "summary": [Summary(text)],
        "translation": [Translation("de", text)],
        "embedding": [ClauseEmbedding(0, len(text), bytes(4))],
        "intent": [FoundIntent("complaint", 0.9)],
        "reply": [ReplyDraft(f"About {text}: thank you.", LIBRARY, "Thanks", 2, 0.9)],
        "language": [DetectedLanguage("de", 0.9, False, TEXT)],
    }
    return made.get(analysis, [Label("CLASS", 0.9)])


def outcomes(engine: Engine, claimed: Claim, failing: Collection[str] = ()) -> list[Outcome]:
    """An outcome for each document; those whose text is among `failing` fail."""
    model = Provenance("pocket/" + claimed.analysis, "sha256:0123456789ab", {"a": 1})
    return [
        Outcome(
            int(one.id),
            FAILURE if one.text in failing else results(claimed.analysis, one, claimed),
            model,
        )
        for one in read_documents(engine, claimed)
    ]


def claim_all(engine: Engine, run_id: int | None = None) -> list[Claim]:
    """Claim all that can be claimed."""
    tried = (claim(engine, job.id, job.analysis, "node/0", LEASE) for job in jobs(engine, run_id))
    return [one for one in tried if one is not None]


def work(engine: Engine, run_id: int | None = None, failing: Collection[str] = ()) -> int:
    """Do all that can be done; returns the number of documents, each counted once an analysis."""
    done = 0
    for claimed in claim_all(engine, run_id):
        made = outcomes(engine, claimed, failing)
        assert finish(engine, claimed, made)
        done += len(made)
    return done
