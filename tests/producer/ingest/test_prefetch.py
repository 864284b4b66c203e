"""Blocks are prefetched, one at the most, and not past an empty one."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest

from producer.ingest.errors import InputError
from producer.ingest.prefetch import prefetch_blocks


class Blocks:
    """Blocks that note when they are read.

    Args:
        blocks: They.
    """

    def __init__(self, blocks: list[list[int]]) -> None:
        self._blocks = blocks
        self.read = [threading.Event() for _ in blocks]

    def __iter__(self) -> Iterator[list[int]]:
        for block, read in zip(self._blocks, self.read, strict=True):
            read.set()
            yield block


def test_the_next_block_is_read_meanwhile_and_no_other() -> None:
    blocks = Blocks([[1], [2], [3]])
    prefetched = prefetch_blocks(iter(blocks))
    assert next(prefetched) == [1]
    assert blocks.read[1].wait(60)
    assert not blocks.read[2].is_set()
    assert list(prefetched) == [[2], [3]]


def test_what_an_empty_block_is_before_is_read_when_it_is_asked_for() -> None:
    blocks = Blocks([[1], [], [2]])
    prefetched = prefetch_blocks(iter(blocks))
    assert next(prefetched) == [1]
    assert blocks.read[1].wait(60)
    assert not blocks.read[2].is_set()
    assert list(prefetched) == [[2]]


def test_an_error_of_the_reader_comes_at_its_place() -> None:
    def blocks() -> Iterator[list[int]]:
        yield [1]
        raise InputError("cut off")

    prefetched = prefetch_blocks(blocks())
    assert next(prefetched) == [1]
    with pytest.raises(InputError, match="cut off"):
        next(prefetched)


def test_whoever_ends_early_leaves_no_thread_behind() -> None:
    threads, interval = threading.active_count(), sys.getswitchinterval()
    prefetched = prefetch_blocks(iter([[1], [2], [3]]))
    next(prefetched)
    prefetched.close()
    assert (threading.active_count(), sys.getswitchinterval()) == (threads, interval)
