"""Python's collector is called seldom for as long as rows come in."""

from __future__ import annotations

import gc

import pytest

from producer.ingest.rare_collection import YOUNG_OBJECTS, collecting_rarely


def test_it_is_as_before_afterwards_whatever_happens() -> None:
    before = gc.get_threshold()
    with pytest.raises(KeyError), collecting_rarely():
        assert gc.get_threshold() == (YOUNG_OBJECTS, *before[1:])
        raise KeyError
    assert gc.get_threshold() == before


def test_who_has_turned_it_off_keeps_it_off() -> None:
    before = gc.get_threshold()
    gc.set_threshold(0)
    try:
        with collecting_rarely():
            assert gc.get_threshold()[0] == 0
    finally:
        gc.set_threshold(*before)
