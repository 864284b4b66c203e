"""The broker as the producer uses it: messages go out if Redis is there, and can wait if not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pydantic import SecretStr
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from producer.nodes import embedded_redis
from schema.broker.app import make_app
from schema.broker.messages import BrokerError, Messages
from schema.broker.refusals import refusal_code
from schema.catalog.own_analyses import learn_analyses
from schema.database.errors import first_line
from schema.ledger.dispatch import dispatch
from schema.settings import Settings

#: Seconds to wait for Redis before going on without it.
PATIENCE = 5.0
#: What every warning ends with.
STORED = "the jobs are stored, and a worker will find them"


class Dispatcher:
    """Dispatches jobs of new documents.

    Jobs that find no Redis stay pending in the database; the next worker sends them.

    Args:
        engine: The database.
        config: Where Redis is, and the window.
        warn: Told what went wrong, in a sentence, and once.
    """

    def __init__(self, engine: Engine, config: Settings, warn: Callable[[str], None]) -> None:
        self._engine = engine
        self._window = config.window
        self._warn = warn
        self._told: set[str] = set()
        # Each has a queue, also those of the user's own.
        learn_analyses(config.models)
        self._messages = _connect(config)
        if self._messages is None:
            self._give_up("there is no Redis yet")

    def dispatch(self, analyses: Sequence[str]) -> None:
        """Fill the windows of these analyses as far as Redis is there. It raises nothing: the jobs
        are stored, so whatever goes wrong here must not end whoever has stored them.
        """
        if self._messages is None:
            return
        try:
            for analysis in analyses:
                dispatch(self._engine, self._messages.publish, analysis, self._window)
        except BrokerError as error:
            # What it says of a refusal is what to do.
            hint = "; check TRIAGE_REDIS_URL" if refusal_code(error) is None else ""
            self._give_up(f"{error}{hint}")
        except SQLAlchemyError as error:
            self._warn_once(f"no messages were sent ({first_line(error)})")
        except Exception as error:
            # Not what it says: that might quote anything.
            self._warn_once(f"no messages were sent ({type(error).__name__})")

    def _give_up(self, reason: str) -> None:
        self._messages = None
        self._warn_once(reason)

    def _warn_once(self, reason: str) -> None:
        if reason not in self._told:
            self._told.add(reason)
            self._warn(f"{reason}: {STORED}")


def _connect(config: Settings) -> Messages | None:
    if config.redis_url is None:
        found = embedded_redis.running(config.home)
        if found is None:
            return None
        config = config.model_copy(update={"redis_url": SecretStr(found.url)})
    # Once is enough: there are workers who will try again.
    return Messages(make_app(config, PATIENCE))
