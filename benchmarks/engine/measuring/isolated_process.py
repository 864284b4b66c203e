"""A process in which variants are loaded and run, away from all others.

In one process libraries disturb each other: CTranslate2 with a worker for each thread sets OpenMP's
threads to 1, and torch's with them.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.engine.workload import LeftOut, Place, Run, Said, Work
from schema.document import Document
from schema.process import die_with_parent

#: Seconds that a process gets to end by itself.
_PATIENCE = 10


class Household:
    """Does nothing, and takes no time from others, while nothing is asked of it.

    Args:
        work: That its variants do.
        place: Where.
    """

    def __init__(self, work: Work, place: Place) -> None:
        # A fork would inherit the threads and the models of whoever asks.
        context = multiprocessing.get_context("spawn")
        self._here, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(there, work, place), daemon=True)
        self._process.start()
        there.close()

    def __enter__(self) -> Household:
        """Itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """End the process; at once if something has gone wrong here."""
        self._here.close()
        self._process.join(0 if any(error) else _PATIENCE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def load(self, name: str) -> Run:
        """Make a variant ready.

        Args:
            name: Of the variant.

        Returns:
            What runs it there; raises `RuntimeError` if the variant, or its process, fails.

        Raises:
            LeftOut: If it cannot run here.
            RuntimeError: If loading fails otherwise.
        """
        self._ask(name, None)
        return lambda documents: self._ask(name, documents)

    def _ask(self, name: str, documents: Sequence[Document] | None) -> list[Said]:
        try:
            self._here.send((name, documents))
            answer, failure = self._here.recv()
        except (EOFError, OSError) as error:
            self._process.join(_PATIENCE)
            code = self._process.exitcode
            raise RuntimeError(
                f"the process of {name!r} has ended with {code}; -9 is mostly a lack of memory"
            ) from error
        if isinstance(failure, LeftOut):
            raise failure
        if failure is not None:
            raise RuntimeError(f"{name!r} failed in its process:\n{failure}")
        said: list[Said] = answer
        return said


def _serve(connection: Connection, work: Work, place: Place) -> None:
    # Whoever presses Ctrl-C ends the parent, which ends this.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Where that is killed, nobody would notice before the run that goes on, minutes later.
    die_with_parent(signal.SIGKILL)
    import torch
    from tqdm import tqdm
    from transformers.utils import logging

    from benchmarks.engine.variants.all import known_variants

    # The lock of progress bars would be a semaphore with a name, which outlives a process that ends
    # like this one, and of which `resource_tracker` then warns.
    tqdm.set_lock(threading.RLock())
    torch.set_num_threads(place.threads)
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    variants = {variant.name: variant for variant in known_variants(work, place)}
    ready: dict[str, Run] = {}
    while True:
        try:
            name, documents = connection.recv()
        except EOFError:
            # Nothing is left to be done; to take torch down in order takes two seconds.
            os._exit(0)
        answer: list[Said] = []
        failure: Any = None
        try:
            if documents is None:
                ready[name] = variants[name].load()
            else:
                answer = ready[name](documents)
        except LeftOut as reason:
            failure = reason
        except Exception:
            failure = traceback.format_exc()
        connection.send((answer, failure))
        # Between two timings, not in one.
        gc.collect()
