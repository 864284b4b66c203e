"""Imports of much at once, in which nobody searches for garbage. Free of torch."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def importing() -> Iterator[None]:
    """Let what is imported in the block stay for good: garbage is neither searched for meanwhile,
    nor ever again among what is there at its end.

    Torch and Transformers are some million objects, and Python would go through all of them again
    and again while they become more, and thrice when the process ends. Whatever may become garbage,
    such as a model, is to be made behind the block.
    """
    searches = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if searches:
            gc.enable()
