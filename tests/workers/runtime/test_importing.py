"""Imports of much at once: what they bring is never searched for garbage, what comes after is."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from weakref import ref

import pytest

from workers.runtime.importing import importing


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Other tests go on with what they had."""
    yield
    gc.unfreeze()
    gc.enable()


class Knot:
    """Refers to itself, so that nothing but a search finds that nobody needs it."""

    def __init__(self) -> None:
        self.itself = self


def test_garbage_is_searched_for_behind_the_block_and_not_in_it() -> None:
    with importing():
        assert not gc.isenabled()
        stays = ref(Knot())
    assert gc.isenabled() and gc.get_freeze_count() > 0
    goes = ref(Knot())
    gc.collect()
    assert stays() is not None and goes() is None


def test_an_import_that_fails_leaves_the_search_on() -> None:
    with pytest.raises(ImportError), importing():
        raise ImportError
    assert gc.isenabled()


def test_who_has_turned_the_search_off_keeps_it_off() -> None:
    gc.disable()
    with importing():
        pass
    assert not gc.isenabled()
