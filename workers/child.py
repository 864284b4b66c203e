"""A child of a node: the process that computes. It loads its models once, before its first task."""

from __future__ import annotations

import logging
import mmap
import os
import signal
import time
from typing import TYPE_CHECKING, Any, NoReturn

import billiard

from schema.analyses import ANALYSES
from schema.catalog import CatalogError, load_catalog
from schema.celery_app import celery_app
from schema.database import open_engine
from schema.messages import Messages
from schema.settings import Settings, settings
from workers.checkpoint import ModelError
from workers.threads import limit_threads

if TYPE_CHECKING:
    from workers.job import JobRunner

logger = logging.getLogger(__name__)

#: Seconds that a child that could not start waits, since Celery starts the next one at once.
RESTART_PAUSE = 5.0

_warm: JobRunner | None = None

#: One byte that the parent shares with its children, who cannot tell it in another way.
_cannot_load = mmap.mmap(-1, 1)


def warm() -> JobRunner:
    """What runs this child's jobs.

    Raises:
        RuntimeError: In a process that has loaded no models.
    """
    if _warm is None:
        raise RuntimeError("no models are loaded: this process is no child of a worker node")
    return _warm


def start(sender: str, **_signal: Any) -> None:
    """Load the models of the node's queues, or end this process.

    Celery swallows what a signal handler raises, and would then hand tasks to a child without
    models.

    Args:
        sender: The node's name, e.g. `gpu0@host`.
    """
    global _warm
    try:
        _warm = _load(settings(), sender)
    except (CatalogError, ModelError) as error:
        logger.error("%s", error)
        # Another child would fare no better, and Celery would start them for ever.
        _cannot_load[0] = 1
        os.kill(os.getppid(), signal.SIGTERM)
        _exit()
    except Exception as error:
        logger.error("child cannot start: %s: %s", type(error).__name__, error)
        time.sleep(RESTART_PAUSE)
        _exit()


def count_children(instance: Any, **_signal: Any) -> None:
    """In the parent, before it forks: let children know how many they are (`--concurrency`)."""
    celery_app().conf.worker_concurrency = instance.concurrency


def fail_node(sender: Any, **_signal: Any) -> None:
    """In the parent, at the end: a node that could not load its models has failed."""
    if _cannot_load[0]:
        sender.exitcode = 1


def _exit() -> NoReturn:
    logging.shutdown()
    os._exit(1)


def _load(config: Settings, node: str) -> JobRunner:
    began = time.monotonic()
    children = int(celery_app().conf.worker_concurrency or 1)
    threads = limit_threads(config.threads, sharers=children)
    # Here and not above: the parent imports this module, and must stay free of torch.
    from workers.analyses import load_analysis
    from workers.engine import Engine
    from workers.job import JobRunner

    process = billiard.current_process()
    device = _device(config.device)
    catalog = load_catalog(config.models)
    consumed = [name for name in ANALYSES if name in celery_app().amqp.queues.consume_from]
    engines = {name: Engine(load_analysis(name, catalog, device)) for name in consumed}
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
    return JobRunner(
        database=open_engine(config.database),
        engines=engines,
        messages=Messages(celery_app()),
        config=config,
        name=f"{node}/{process.index}",
    )


def _device(wanted: str) -> str:
    import torch

    if wanted != "auto":
        return wanted
    return "cuda:0" if torch.cuda.is_available() else "cpu"
