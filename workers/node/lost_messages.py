"""Lost messages: queued jobs whose message Redis no longer has, and that no worker has claimed.

A message is out of the queue for a moment before its job is claimed. So a job whose message is not
there is checked again some seconds later, before it counts as lost.
"""

from __future__ import annotations

import time

from sqlalchemy import Engine

from schema.broker.messages import Messages
from schema.ledger.resend import find_unclaimed, resend
from workers.node.message_filter import ForgedMessageError, ids_of

#: Part of the message timeout after which a job's message is looked for, …
LOOKED_FOR = 1 / 2
#: … and part of it for which the message must be missing until it counts as lost.
MISSED = 1 / 6


class LostMessages:
    """Remembers which messages one node has missed, and since when.

    Args:
        engine: The database.
        messages: Redis.
        message_timeout: Seconds that a job must have been queued before it is sent again.
    """

    def __init__(self, engine: Engine, messages: Messages, message_timeout: float) -> None:
        self._engine = engine
        self._messages = messages
        self._timeout = message_timeout
        #: By analysis and job: since when its message has been missed, by the monotonic clock.
        self._missed: dict[str, dict[int, float]] = {}

    def take_back(self, analysis: str) -> int:
        """Read a queue, and put the jobs back to pending whose messages are lost.

        Returns:
            Jobs put back.

        Raises:
            SQLAlchemyError: If the database is away.
            BrokerError: If Redis is away.
        """
        depth = self._messages.depth(analysis)
        sent = find_unclaimed(self._engine, analysis, depth, self._timeout * LOOKED_FOR)
        waiting = self._waiting(analysis) if sent else set()
        before, now = self._missed.get(analysis, {}), time.monotonic()
        missed = {job: before.get(job, now) for job in sent if job not in waiting}
        self._missed[analysis] = missed
        lost = [job for job, since in missed.items() if now - since >= self._timeout * MISSED]
        return resend(self._engine, lost, self._timeout) if lost else 0

    def _waiting(self, analysis: str) -> set[int]:
        """Ids of the jobs whose messages wait in the queue."""
        found = set()
        for raw in self._messages.waiting(analysis):
            try:
                found.add(ids_of(analysis, raw)[1])
            except ForgedMessageError:
                # Whoever takes it out of the queue drops it, and says so.
                continue
        return found
