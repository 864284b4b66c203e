"""Columns of results: known before there are results, and the same whatever these are."""

from __future__ import annotations

from producer.engine.result_columns import left_alone, result_columns
from schema.analyses import ANALYSES
from schema.results import results_json
from schema.results.entity import Entity
from schema.results.sentiment import Sentiment
from schema.results.summary import Summary


def test_each_analysis_has_columns_of_names_that_no_other_has() -> None:
    columns = result_columns(ANALYSES)
    names = [one.name for one in columns]
    assert len(set(names)) == len(names)
    assert {one.analysis for one in columns} == set(ANALYSES)
    assert "language" in names and "sentiment_polarity" in names and "entities" in names


def test_values_are_those_of_the_results() -> None:
    results = {
        "sentiment": results_json("sentiment", [Sentiment("BAD", 0.9, 3, None, False, "negative")]),
        "entities": results_json("entities", [Entity("ORG", "Ikea", 0, 4, 0.8)]),
        "summary": results_json("summary", [Summary("Broken.")]),
    }
    found = {one.name: one.value(results) for one in result_columns(list(results))}
    assert found["sentiment_polarity"] == "negative" and found["sentiment_probabilities"] is None
    assert found["entities"] == results["entities"]
    # A model that writes says of no sentence where it stands.
    assert found["summary_text"] == "Broken." and found["summary_sentences"] is None
    assert left_alone(results) is None


def test_a_label_that_is_a_number_is_a_text_in_a_column() -> None:
    """A data frame or a Parquet file has no column of both."""
    (label, score, *_) = result_columns(["sentiment"])
    results = {"sentiment": {"label": -1, "score": 0.5}}
    assert (label.value(results), score.value(results)) == ("-1", 0.5)


def test_what_was_left_alone_or_failed_has_no_value() -> None:
    results = {"sentiment": {"not_analysed": "language de"}, "qa": {"not_analysed": "language de"}}
    columns = result_columns(["sentiment", "entities", "qa"])
    assert [one.value(results) for one in columns] == [None] * len(columns)
    assert left_alone(results) == "sentiment: language de; qa: language de"
