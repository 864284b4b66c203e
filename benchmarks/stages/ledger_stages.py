"""The way through the ledger, with made-up results: the same calls that console and nodes make."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import redis
from sqlalchemy import Engine, select

from benchmarks.ledger.ingest import write_rows
from benchmarks.page import page_of
from benchmarks.reports.queries import run_named
from benchmarks.stages.sizes import database_bytes, queue_bytes
from benchmarks.stages.stage import Stages
from producer.ingest import ingest, make_plan
from producer.nodes.redis_of_settings import messages_of
from schema.broker.messages import Messages
from schema.database import reading
from schema.document import Document
from schema.ledger.begin import begin
from schema.ledger.claim import Claim, claim
from schema.ledger.dispatch import dispatch
from schema.ledger.documents import read_documents
from schema.ledger.finish import finish
from schema.results.base import Result
from schema.results.entity import Entity
from schema.results.outcome import Outcome, Provenance
from schema.results.sentiment import Sentiment
from schema.settings import Settings
from schema.tables import Job
from schema.views import refresh

#: More messages than there are jobs, so that all are sent.
_WINDOW = 10_000
ANALYSES = ("sentiment", "entities")
#: Of a document; the second names two entities.
RESULTS: dict[str, tuple[Result, ...]] = {
    "sentiment": (
        Sentiment(
            "positive",
            0.75,
            probabilities={"negative": 0.15, "neutral": 0.1, "positive": 0.75},
            polarity="positive",
            polarity_score=0.6,
        ),
    ),
    "entities": (Entity("ORG", "Ikea", 0, 4, 0.9), Entity("LOC", "Hamburg", 8, 15, 0.8)),
}
_MODEL = Provenance("benchmark", "sha256:0", {})


class LedgerStages:
    """Takes documents from a file to a page, and says what stays where.

    Args:
        engine: An empty, migrated database.
        stages: What runs the stages.
        config: Settings that name the database and Redis.
        folder: For files.
    """

    def __init__(self, engine: Engine, stages: Stages, config: Settings, folder: Path) -> None:
        self._engine = engine
        self._stages = stages
        self._config = config
        self._folder = folder
        #: Bytes of a document that each step has left.
        self.bytes: dict[str, float] = {}

    def run(self, documents: int) -> None:
        """All of it."""
        size = database_bytes(self._engine)
        for step in (self._ingest, self._dispatch, self._work, self._rollups, self._read):
            step(documents)
            grown = database_bytes(self._engine)
            # Of its results it says more itself.
            if step in (self._ingest, self._rollups):
                self.bytes[step.__name__.removeprefix("_")] = (grown - size) / documents
            size = grown

    def _ingest(self, documents: int) -> None:
        path = self._folder / "rows.csv"
        write_rows(path, documents)
        plan = make_plan(
            self._config, [str(path)], run="stages", analyses=",".join(ANALYSES), no_language=True
        )
        work = self._stages.run(
            "ingest", "documents", documents, lambda: ingest(self._engine, self._config, plan)
        )
        assert work.counts.stored == documents

    def _dispatch(self, documents: int) -> None:
        messages = messages_of(self._config)
        assert messages is not None and self._config.redis_url is not None
        client = redis.Redis.from_url(self._config.redis_url.get_secret_value())
        before = queue_bytes(client)
        sent = self._stages.run(
            "dispatch", "documents", documents * len(ANALYSES), lambda: self._send(messages)
        )
        self.bytes["a message in Redis"] = (queue_bytes(client) - before) / sent
        client.close()

    def _send(self, messages: Messages) -> int:
        return sum(
            dispatch(self._engine, messages.publish, analysis, _WINDOW) for analysis in ANALYSES
        )

    def _work(self, documents: int) -> None:
        for analysis in ANALYSES:
            claims = self._stages.run(
                f"claim, begin ({analysis})", "documents", documents, partial(self._claim, analysis)
            )
            held = self._stages.run(
                f"read texts ({analysis})", "documents", documents, partial(self._texts, claims)
            )
            before = database_bytes(self._engine)
            self._stages.run(
                f"write results ({analysis})",
                "documents",
                documents,
                partial(self._finish, held, analysis),
            )
            grown = database_bytes(self._engine) - before
            self.bytes[f"results of {analysis}"] = grown / documents

    def _claim(self, analysis: str) -> list[Claim]:
        with reading(self._engine) as connection:
            ids = connection.execute(select(Job.id).where(Job.analysis == analysis)).scalars().all()
        claims = []
        for job in ids:
            held = claim(self._engine, job, analysis, "node/0", 3600, ahead=True)
            assert held is not None
            begun = begin(self._engine, held)
            assert begun is not None
            claims.append(begun)
        return claims

    def _texts(self, claims: list[Claim]) -> list[tuple[Claim, list[Document]]]:
        return [(one, read_documents(self._engine, one)) for one in claims]

    def _finish(self, held: list[tuple[Claim, list[Document]]], analysis: str) -> None:
        for one, documents in held:
            assert finish(self._engine, one, list(_outcomes(documents, analysis)))

    def _rollups(self, documents: int) -> None:
        self._stages.run("rollups", "documents", documents, lambda: refresh(self._engine))

    def _read(self, documents: int) -> None:
        with reading(self._engine) as connection:
            for name in ("sentiment-by-product", "entities"):
                self._stages.run(
                    f"report {name}",
                    "documents",
                    documents,
                    partial(run_named, connection, name),
                )
            self._stages.run("page", "documents", documents, partial(page_of, connection))


def _outcomes(documents: list[Document], analysis: str) -> Iterator[Outcome]:
    for document in documents:
        # As long as the keys of real results, and no two alike.
        key = os.urandom(16)
        yield Outcome(int(document.id), RESULTS[analysis], _MODEL, cache_key=key)
