"""The Celery application that producer and workers share: broker, queues, wire format.

Celery carries ids to free workers; what is to be done, and what is done, stands in the ledger.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from celery import Celery
from kombu.entity import Exchange, Queue

from schema.analyses import ANALYSES, queue_name
from schema.settings import Settings, SettingsError, settings
from schema.settings.broker_url import parse_broker_url

#: Prefix of every key in Redis, so that several systems may share one server.
KEY_PREFIX = "triage:"
#: Routes a message by the name of its analysis.
EXCHANGE = "triage"
#: Seconds after which Redis gives an unacknowledged message to another worker: above any job, since
#: Celery never renews it. The ledger's leases find dead workers long before.
VISIBILITY_TIMEOUT = 12 * 3600
#: Priorities of messages as kombu has them: each is a list of its own in Redis. Urgent ones, as all
#: that come back after their worker has died, are taken before the others.
URGENT, LATER = 0, 9


#: What every application of ours is configured with; `make_app` adds what the settings name.
CONFIGURATION: dict[str, Any] = {
    # JSON and nothing else: a pickled message could run code in a worker.
    "accept_content": ["json"],
    "task_serializer": "json",
    "task_create_missing_queues": False,
    # A job whose child dies is acknowledged late and sent again; the claim sorts out the rest.
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_ignore_result": True,
    "worker_prefetch_multiplier": 1,
    # Flower shows tasks from events.
    "worker_send_task_events": True,
    "task_send_sent_event": True,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    "worker_hijack_root_logger": False,
    "worker_redirect_stdouts": False,
    "timezone": "UTC",
}
#: How Redis is used; kombu's options.
TRANSPORT_OPTIONS: dict[str, Any] = {
    "global_keyprefix": KEY_PREFIX,
    "visibility_timeout": VISIBILITY_TIMEOUT,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    # Urgent messages of any analysis go first; among equals each analysis has its turn.
    "queue_order_strategy": "round_robin",
    "priority_steps": [URGENT, LATER],
    "socket_keepalive": True,
    # A node that only waits for messages sends nothing, so nothing tells it that its server is gone
    # and has never said so; after one to two of these without an answer it connects anew.
    "health_check_interval": 10,
    # A server that takes a connection and then says nothing is away.
    "socket_timeout": 30,
}


def queues() -> list[Queue]:
    """Make one direct queue for each analysis."""
    exchange = Exchange(EXCHANGE, type="direct")  # type: ignore[no-untyped-call]
    return [
        Queue(queue_name(name), exchange, routing_key=name)  # type: ignore[no-untyped-call]
        for name in ANALYSES
    ]


def make_app(config: Settings, redis_timeout: float | None = None) -> Celery:
    """Build a Celery application on the broker that the settings name.

    Args:
        config: The settings.
        redis_timeout: Seconds that Redis gets to answer, with no second try; such an application
            only sends and counts messages, and is not that of this process.

    Raises:
        SettingsError: If no broker is named.
    """
    if config.redis_url is None:
        raise SettingsError(
            "TRIAGE_REDIS_URL is not set; give redis://host:port/0, or use `triage worker`, "
            "which starts an embedded Redis"
        )
    broker = parse_broker_url(config.redis_url.get_secret_value())
    app = Celery("triage", broker=broker.url, set_as_current=redis_timeout is None)
    app.conf.update(
        CONFIGURATION,
        # Not in the URL: there kombu would check no certificate, and Flower finds none of it.
        broker_use_ssl=broker.tls,
        task_queues=queues(),
        broker_transport_options=TRANSPORT_OPTIONS | broker.transport_options,
        # A respawned child loads its models before it says that it is alive.
        worker_proc_alive_timeout=config.load_timeout,
    )
    if redis_timeout is not None:
        app.conf.broker_transport_options |= {
            "socket_connect_timeout": redis_timeout,
            "socket_timeout": redis_timeout,
            "max_retries": 0,
        }
    return app


@lru_cache(maxsize=1)
def celery_app() -> Celery:
    """The application of this process."""
    return make_app(settings())
