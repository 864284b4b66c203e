"""Which segments differ from all others."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection

from schema.questions.errors import NoAnswerError
from schema.questions.headline import read_headline
from schema.questions.measure import Measure
from schema.questions.scope import Scope
from schema.questions.segment_counts import read_segment_counts
from schema.questions.segments import read_segments
from schema.reports import Condition, ReportError


def test_the_worst_product_is_first_and_one_with_few_documents_last(
    connection: Connection,
) -> None:
    found: Any = read_segments(connection, Scope(), "product")
    assert found.measure is Measure.NEGATIVE and found.without == 0
    coat, boots, scarf = found.segments
    assert [one.segment.count.name for one in (coat, boots, scarf)] == ["Coat", "Boots", "Scarf"]
    assert coat.segment.q < 0.05 and coat.segment.difference_interval.low > 0
    assert coat.segment.ranked and not scarf.segment.ranked
    assert scarf.counts.documents == 12 and scarf.segment.interval.high > scarf.segment.share
    assert coat.counts.rating.mean < boots.counts.rating.mean
    assert len(coat.examples) == 10


def test_what_says_nothing_is_within_chance(connection: Connection) -> None:
    for by in ("metadata.plan", "language"):
        found: Any = read_segments(connection, Scope(), by, Measure.LOW_RATING)
        assert len(found.segments) == 2
        assert all(one.segment.q > 0.05 for one in found.segments)


def test_only_documents_that_are_asked_about_are_compared(connection: Connection) -> None:
    coats = Condition("d.product = :product", {"product": "Coat"})
    found: Any = read_segments(connection, Scope(where=(coats,)), "metadata.plan")
    assert sum(one.counts.documents for one in found.segments) == 424


def test_what_is_no_segment_is_refused_in_a_sentence(connection: Connection) -> None:
    with pytest.raises(ReportError, match=r"--by must be product, language, source or metadata"):
        read_segments(connection, Scope(), "week")
    with pytest.raises(NoAnswerError, match=r"no document has a metadata\.colour"):
        read_segments(connection, Scope(), "metadata.colour")


def test_several_kinds_at_once_are_counted_as_each_alone(connection: Connection) -> None:
    documents = read_headline(connection, Scope()).counts.documents
    kinds = ["product", "metadata.plan", "language", "metadata.colour", "source"]
    together = read_segment_counts(connection, Scope(), kinds)
    assert sorted(together) == sorted(kinds)
    assert set(together["metadata.colour"]) == {None}
    for by in kinds:
        assert together[by] == read_segment_counts(connection, Scope(), [by])[by]
        assert sum(one.documents for one in together[by].values()) == documents


def test_segments_of_metadata_have_all_documents_of_a_scope(connection: Connection) -> None:
    few = Condition("d.id % 9 = 0", {})
    for scope in (Scope(run_id=1), Scope(where=(few,)), Scope(run_id=1, where=(few,))):
        documents = read_headline(connection, scope).counts
        counted = read_segment_counts(connection, scope, ["metadata.plan"])["metadata.plan"]
        assert sum(one.documents for one in counted.values()) == documents.documents > 0
        assert sum(one.negative.count for one in counted.values()) == documents.negative.count
        assert sum(one.rating.count for one in counted.values()) == documents.rating.count
