"""A set of ids of documents."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from producer.ingest.storage.seen import SeenDocuments

_ids = st.integers(1, 100_000)


@given(_ids, st.sets(_ids), st.sets(_ids))
def test_it_has_what_was_put_in_and_no_other(one: int, first: set[int], second: set[int]) -> None:
    seen = SeenDocuments()
    seen.add(first)
    seen.add(second)
    assert all(number in seen for number in first | second)
    assert (one in seen) == (one in first | second)
