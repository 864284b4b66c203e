"""Prefetching: while the database takes in one block, the next one is read in a thread."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Block = TypeVar("Block")

#: Seconds after which a thread gives way to another one. Usually it is 5 ms: as long as the
#: database takes for some of the statements that the other thread waits for.
SWITCH_SECONDS = 0.0005


def prefetch_blocks(blocks: Iterator[list[Block]]) -> Generator[list[Block], None, None]:
    """The same blocks; meanwhile the next one is read, at the most.

    What an empty one is before is not read until the block before that is done with, which is when
    the next one is asked for. Whoever ends early waits until the block that is read has been.

    Args:
        blocks: They, an empty one where the next depends on what becomes of those before it.
    """
    with _switching(), ThreadPoolExecutor(1, thread_name_prefix="prefetch") as pool:
        block = next(blocks, None)
        while block is not None:
            if not block:
                block = next(blocks, None)
                continue
            following = pool.submit(next, blocks, None)
            yield block
            block = following.result()


@contextmanager
def _switching() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
