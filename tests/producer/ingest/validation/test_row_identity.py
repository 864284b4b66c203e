"""Which rows are the same feedback, with an id and without one."""

from __future__ import annotations

import json
from dataclasses import replace

from producer.ingest.columns.choice import Columns
from tests.support.validating import DAY, documents, good


def test_identity_is_source_and_id() -> None:
    one = good({"text": "a", "id": "1"})
    assert one.identity == good({"text": "b", "id": "1", "x": 2}, 9, "b.csv").identity
    assert one.identity != good({"text": "a", "id": "2"}).identity
    assert one.identity != good({"text": "a", "id": "1", "source": "other"}).identity
    ab, a_b = {"id": "ab", "source": "c"}, {"id": "b", "source": "ca"}
    assert good({"text": "x"} | ab).identity != good({"text": "x"} | a_b).identity
    assert one.text_hash == good({"text": "a", "id": "3"}).text_hash
    assert len(one.identity) == len(one.text_hash) == 32


def test_identity_without_id_is_content_and_position() -> None:
    row = {"text": "a", "stars": 5}
    one = good(row)
    assert one.identity == good(dict(row)).identity
    others = [good(row, 8), good(row, 7, "b.csv"), good(row | {"text": "b"}),
              good(row | {"stars": 4}), good(row | {"source": "x"}),
              good(row | {"time": "2026-10-05"}), good(row | {"id": "7"})]  # fmt: skip
    assert one.identity not in {other.identity for other in others}


def test_what_is_found_by_further_names_does_not_make_another_document() -> None:
    """A row without an id keeps the identity that it had before a column was found."""
    fields = {"text": "a", "Datum": "2026-10-05", "asin": "B1", "Sprache": "de", "n": 1}
    before = Columns("text", None, None, None, None, None)
    found = replace(before, time="Datum", product="asin", language="Sprache")
    (old,) = documents(fields, columns=before)
    (new,) = documents(fields, columns=found, identity=before)
    assert (new.time, new.product, new.language) == (DAY, "B1", "de")
    assert json.loads(new.metadata) == {"n": 1}
    assert new.identity == old.identity
