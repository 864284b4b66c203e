"""A process that works through the ledger: `python -m tests.support.writer URL NAME`.

It claims each sentiment job that it finds, finishes it, until none is left, and prints how many.
"""

from __future__ import annotations

import sys

from sqlalchemy import select

from schema.database import open_engine, reading
from schema.ledger.claim import claim
from schema.ledger.documents import read_documents
from schema.ledger.finish import finish
from schema.ledger.heartbeat import heartbeat
from schema.results.outcome import Outcome, Provenance
from schema.results.sentiment import Sentiment
from schema.tables import Job, JobState

MODEL = Provenance("model", "1", {})


def main(url: str, name: str) -> int:
    engine = open_engine(url)
    waiting = select(Job.id).where(Job.state == JobState.PENDING).order_by(Job.id)
    finished = 0
    while True:
        with reading(engine) as connection:
            left = connection.execute(waiting).scalars().all()
        if not left:
            return finished
        for job_id in left:
            if claimed := claim(engine, job_id, "sentiment", name, lease=60):
                documents = read_documents(engine, claimed)
                assert heartbeat(engine, claimed, lease=60)
                found = [Sentiment("POSITIVE", 0.5)]
                outcomes = [Outcome(int(one.id), found, MODEL) for one in documents]
                assert finish(engine, claimed, outcomes)
                finished += 1


if __name__ == "__main__":
    print(main(sys.argv[1], sys.argv[2]))
