"""Decoding in three lanes, each of which waits in its first step until all have begun."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch

from workers.decoding import Decoder, decoder

LANES = {"lane-0", "lane-1", "lane-2"}


@contextmanager
def three_lanes(rows: int) -> Iterator[set[str]]:
    """Decoders take three lanes meanwhile, if there are that many times the rows.

    Yields:
        Names of the lanes that have begun; whoever clears it lets them wait for each other again.
    """
    begun: set[str] = set()
    all_have_begun = threading.Barrier(len(LANES), timeout=60)
    step = Decoder._step

    def watched(self: Decoder, cohorts: Any) -> Any:
        name = threading.current_thread().name
        if name not in begun:
            begun.add(name)
            all_have_begun.wait()
        return step(self, cohorts)

    before = torch.get_num_threads()
    torch.set_num_threads(len(LANES))
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(decoder, "_ROWS_OF_LANE", rows)
            patch.setattr(Decoder, "_step", watched)
            yield begun
    finally:
        torch.set_num_threads(before)
