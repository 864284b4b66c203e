"""Models whose labels do not say what they mean are refused, with the line that mends it."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from schema.catalog import CatalogEntry
from workers.classification.label_check import label_values
from workers.classification.scores import ScoreKind
from workers.errors import ModelError

EXCLUSIVE, INDEPENDENT, NUMBERS = ScoreKind


def refusal(labels: list[str], kind: ScoreKind = EXCLUSIVE, **entry: Any) -> str:
    with pytest.raises(ModelError) as caught:
        label_values(CatalogEntry(model="acme/stars", **entry), labels, kind)
    return str(caught.value)


def test_known_names_need_nothing() -> None:
    entry = CatalogEntry(model="acme/stars")
    assert label_values(entry, ["pos", "NEUTRAL", "Negative"], EXCLUSIVE) == [1, 0, -1]


def test_the_catalog_goes_before_the_name() -> None:
    entry = CatalogEntry(model="a/b", polarity={"LABEL_0": 1, "neutral": -0.5})
    assert label_values(entry, ["LABEL_0", "neutral", "neg"], EXCLUSIVE) == [1, -0.5, -1]


@pytest.mark.parametrize(
    "labels",
    [
        ["LABEL_0", "LABEL_1"],
        ["LABEL_0", "negative"],
        ['so "so"', "über gut", "mäßig\\"],
        ["😀", "b"],
    ],
)
def test_the_line_to_add_is_toml_with_a_question_mark_for_each_unknown(labels: list[str]) -> None:
    message = refusal(labels)
    line = re.search(r"polarity = \{.*?\}", message)
    assert line and 'model = "acme/stars"' in message and "[sentiment]" in message
    written = tomllib.loads(line[0])["polarity"]
    assert list(written) == labels
    assert {value for label, value in written.items() if label != "negative"} == {"?"}
    assert written.get("negative", -1.0) == -1.0
    # What is copied as it stands is refused by the catalog, not taken for something.
    with pytest.raises(ValueError, match=r"neither negative, neutral or positive nor a number"):
        CatalogEntry(model="acme/stars", polarity=written)
    # Filled in, it serves.
    filled = CatalogEntry(model="acme/stars", polarity=dict.fromkeys(labels, -1))
    assert label_values(filled, labels, EXCLUSIVE) == [-1] * len(labels)


def test_labels_that_the_model_does_not_have_are_refused() -> None:
    message = refusal(["neg", "pos"], polarity={"LABEL_0": "negative"})
    assert "no label 'LABEL_0'" in message and "'neg', 'pos'" in message


def test_a_number_needs_its_scale() -> None:
    assert "scale = [1, 5]" in refusal(["LABEL_0"], NUMBERS)
    assert label_values(CatalogEntry(model="a/b", scale=(1, 5)), ["LABEL_0"], NUMBERS) == []
    assert "scale = [1, 5]" in refusal(["joy", "anger"], NUMBERS)
    several = CatalogEntry(model="a/b", scale=(0, 1))
    assert label_values(several, ["joy", "anger"], NUMBERS) == [1, -1]


def test_a_single_output_is_a_number_or_a_probability() -> None:
    message = refusal(["LABEL_0"], INDEPENDENT)
    assert "scale = [1, 5]" in message and 'polarity = { LABEL_0 = "?" }' in message
    assert label_values(CatalogEntry(model="a/b"), ["positive"], INDEPENDENT) == [1]
