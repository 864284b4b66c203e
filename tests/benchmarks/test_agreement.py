"""Agreement: of documents, or of characters for entities."""

from __future__ import annotations

from benchmarks.engine.measuring.agreement import agreement
from benchmarks.engine.workload import Said, Written
from schema.document import Document

Reference = dict[int | str, Said]
ONE, TWO = Document(1, "Anna waits.", "en"), Document(2, "So do I", "en")


def test_labels_are_the_same_or_not() -> None:
    reference: Reference = {1: "POSITIVE", 2: "NEGATIVE"}
    assert agreement("sentiment", [ONE, TWO], reference, ["POSITIVE", "NEGATIVE"]) == 1
    assert agreement("sentiment", [ONE, TWO], reference, ["POSITIVE", "POSITIVE"]) == 0.5
    assert agreement("sentiment", [TWO], reference, ["NEGATIVE"]) == 1


def test_texts_are_the_same_whatever_they_cost() -> None:
    reference: Reference = {1: Written("Anna wartet.", 5), 2: Written("Ich auch", 3)}
    said = [Written("Anna wartet."), Written("Ich auch.")]
    assert agreement("translation", [ONE, TWO], reference, said) == 0.5


def test_entities_are_compared_character_by_character() -> None:
    reference: Reference = {1: (("PER", 0, 4),)}
    assert agreement("entities", [ONE], reference, [(("PER", 0, 4),)]) == 1
    assert agreement("entities", [ONE], reference, [()]) == 7 / 11
    assert agreement("entities", [ONE], reference, [(("ORG", 0, 4),)]) == 7 / 11
    assert agreement("entities", [ONE], reference, [(("PER", 0, 6),)]) == 9 / 11
