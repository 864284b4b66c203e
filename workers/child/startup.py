"""A child of a node: the process that computes. It loads its models once, before its first task."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import signal
import time
from typing import TYPE_CHECKING, Any

import billiard
from sqlalchemy import Engine as Database
from sqlalchemy.exc import SQLAlchemyError

from schema.analyses import ANALYSES
from schema.broker.app import celery_app, make_app
from schema.broker.messages import Messages
from schema.catalog import CatalogError, load_catalog
from schema.database import open_engine
from schema.ledger.reap import LOST
from schema.process import die_with_parent, machine, this_process
from schema.settings import Settings, settings
from schema.worker_registry import NameTakenError, not_ready, ready, register, workers_on
from workers.child.ledger_client import LedgerClient
from workers.child.upgrade_wait import wait_for_upgrade
from workers.models.checkpoint import ModelError
from workers.node.child_exit import exit_of
from workers.node.logs import name_worker
from workers.node.maintenance import REDIS_TIMEOUT
from workers.node.scoreboard import ScoreboardSlot, node_scoreboard
from workers.runtime.importing import importing
from workers.runtime.threads import limit_threads

if TYPE_CHECKING:
    from workers.child.runner import JobRunner

logger = logging.getLogger(__name__)

#: Seconds that a child that could not start waits, since Celery starts the next one at once.
RESTART_PAUSE = 5.0

_runner: JobRunner | None = None


def runner() -> JobRunner:
    """What runs this child's jobs.

    Raises:
        RuntimeError: In a process that has loaded no models.
    """
    if _runner is None:
        raise RuntimeError("no models are loaded: this process is no child of a worker node")
    return _runner


def start(sender: str, **_signal: Any) -> None:
    """Load the models of the node's queues, or end this process.

    Celery swallows what a signal handler raises, and would then hand tasks to a child without
    models.

    Args:
        sender: The node's name, e.g. `gpu0@host`.
    """
    try:
        _start(sender)
    finally:
        if _runner is None:
            logging.shutdown()
            os._exit(1)


def _start(node: str) -> None:
    if node_scoreboard.cannot_load or node_scoreboard.stop_at is not None:
        # Started for one that has just said why it cannot; the node is about to end.
        return
    # A child that outlives its parent would hold the device that the next node needs.
    die_with_parent(signal.SIGKILL)
    name = f"{node}/{billiard.current_process().index}"
    name_worker(name)
    # Before anything else: the one before may have died with a deadline on the scoreboard.
    slot = node_scoreboard.slot(billiard.current_process().index, os.getpid())
    database = open_engine(settings().database)
    upgraded = wait_for_upgrade(database, slot.wait)
    database.dispose()
    if not upgraded:
        return
    with slot.loading():
        _load_or_give_up(name, slot)


def _load_or_give_up(name: str, slot: ScoreboardSlot) -> None:
    """Load the models, or say why that cannot be, and how the node is to go on."""
    global _runner
    try:
        database = open_engine(settings().database, idle_timeout=settings().lease)
        _register(database, name)
        _runner = _load(settings(), database, name, slot)
        # What is there now stays: it need not be searched for garbage again and again.
        gc.collect()
        gc.freeze()
        ready(database, name, _runner.models, _device_name(_device(settings().device)))
    except (CatalogError, ModelError, NameTakenError) as error:
        _runner = None
        logger.error("%s", error)
        # Another child would fare no better, and Celery would start them for ever.
        node_scoreboard.record_load_failure()
        if not isinstance(error, NameTakenError):
            with contextlib.suppress(SQLAlchemyError):
                not_ready(database, name, str(error), None)
        os.kill(os.getppid(), signal.SIGTERM)
    except Exception as error:
        _runner = None
        logger.error("child cannot start: %s: %s", type(error).__name__, error)
        time.sleep(RESTART_PAUSE)


def count_children(instance: Any, **_signal: Any) -> None:
    """In the parent, before it forks: let children know how many they are (`--concurrency`)."""
    celery_app().conf.worker_concurrency = instance.concurrency


def fail_node(sender: Any, **_signal: Any) -> None:
    """In the parent, at the end: a node that could not load its models has failed."""
    if node_scoreboard.cannot_load:
        sender.exitcode = 1


def _register(database: Database, name: str) -> None:
    # The one before is known by its pid only to who replaces it.
    before = workers_on(database, machine()).get(name)
    death = exit_of(before.pid) if before else LOST
    register(database, name, this_process(), _consumed(), death)


def _consumed() -> list[str]:
    return [name for name in ANALYSES if name in celery_app().amqp.queues.consume_from]


def _load(config: Settings, database: Database, name: str, slot: ScoreboardSlot) -> JobRunner:
    began = time.monotonic()
    children = int(celery_app().conf.worker_concurrency or 1)
    # Here and not above: the parent imports this module, and must stay free of torch.
    with importing():
        threads = limit_threads(config.threads, sharers=children)
        from workers.analyses import load_analysis
        from workers.child.context import JobContext
        from workers.child.runner import JobRunner
        from workers.engine.engine import Engine
        from workers.engine.sharing import share_encoders
        from workers.models.budget import model_budget
        from workers.models.registry import ModelRegistry
        from workers.runtime.gpu_memory import share_memory
        from workers.runtime.tuning_cache import TuningCache

    process = billiard.current_process()
    device = _device(config.device)
    share_memory(device, children)
    catalog = load_catalog(config.models)
    consumed = _consumed()
    models = ModelRegistry(model_budget(config.model_memory, device, children))
    engines = {one: Engine(load_analysis(one, catalog, device, models)) for one in consumed}
    share_encoders(engines)
    for engine in engines.values():
        engine.warm_up(device, TuningCache(config.home / "budgets"))
    logger.info(
        "models loaded: %s; child %d, pid %d, device %s, CUDA_VISIBLE_DEVICES=%s, "
        "%d threads, %.1f s",
        ",".join(consumed),
        process.index,
        os.getpid(),
        device,
        os.environ.get("CUDA_VISIBLE_DEVICES", "unset"),
        threads,
        time.monotonic() - began,
    )
    # Kombu would wait for ever for a Redis that is away, and the child with it.
    messages = Messages(make_app(config, REDIS_TIMEOUT))
    ledger = LedgerClient(database, messages, config, name, slot)
    return JobRunner(JobContext.of(ledger, engines, slot, config, models))


def _device(wanted: str) -> str:
    import torch

    if wanted != "auto":
        return wanted
    return "cuda:0" if torch.cuda.is_available() else "cpu"


def _device_name(device: str) -> str:
    """A device as people know it, e.g. `cuda:0, NVIDIA H200`."""
    import torch

    return device if device == "cpu" else f"{device}, {torch.cuda.get_device_name(device)}"
