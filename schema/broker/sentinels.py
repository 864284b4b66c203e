"""Sentinels: what each of them says of the Redis that they watch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from schema.settings.broker_url import parse_broker_url
from schema.settings.sentinel_url import sentinels_of


@dataclass(frozen=True, slots=True)
class SentinelAnswer:
    """What a Sentinel says.

    Attributes:
        address: Its own, `host:port`.
        primary: `host:port` of the primary; None where it knows none of that name.
        quorum: Sentinels that have to agree before there is a failover.
        sentinels: Those that it knows of, with itself.
        error: Why it says nothing; fit for a log.
    """

    address: str
    primary: str | None = None
    quorum: int = 0
    sentinels: int = 0
    error: str | None = None


def ask_sentinels(url: str) -> Iterator[SentinelAnswer]:
    """Ask every Sentinel of a broker's URL; none where it has none.

    Args:
        url: As `TRIAGE_REDIS_URL`.
    """
    broker = parse_broker_url(url)
    if "master_name" in broker.transport_options:
        arguments: Any = broker.transport_options["sentinel_kwargs"]
        for host, port in sentinels_of(broker.url):
            yield _ask(f"{host}:{port}", str(broker.transport_options["master_name"]), arguments)


def _ask(address: str, name: str, arguments: dict[str, Any]) -> SentinelAnswer:
    host, _, port = address.rpartition(":")
    client = redis.Redis(host, int(port), retry=Retry(NoBackoff(), 0), **arguments)
    try:
        said: Any = client.sentinel_master(name)
    except redis.AuthenticationError:
        return SentinelAnswer(address, error="it wants another sentinel_password")
    except redis.ResponseError:
        # Of a name that it does not know.
        return SentinelAnswer(address)
    except (redis.RedisError, OSError) as error:
        return SentinelAnswer(address, error=type(error).__name__)
    finally:
        client.close()
    primary = f"{said['ip']}:{said['port']}"
    return SentinelAnswer(address, primary, said["quorum"], said["num-other-sentinels"] + 1)
