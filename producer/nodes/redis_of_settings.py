"""The Redis of the settings: the one that is set, or the embedded one if it runs."""

from __future__ import annotations

from pydantic import SecretStr

from producer.nodes.embedded_redis import running
from schema.broker.app import make_app
from schema.broker.messages import Messages
from schema.settings import Settings

#: Seconds that Redis gets to answer: a scrape has ten by default.
TIMEOUT = 3.0


def redis_url_of(config: Settings) -> str | None:
    """Its URL; None where none is set and none runs. It may have a password: never print it."""
    if config.redis_url is not None:
        return config.redis_url.get_secret_value()
    found = running(config.home)
    return None if found is None else found.url


def messages_of(config: Settings) -> Messages | None:
    """Its messages; None where none is set and none runs."""
    url = redis_url_of(config)
    if url is None:
        return None
    return Messages(make_app(config.model_copy(update={"redis_url": SecretStr(url)}), TIMEOUT))
