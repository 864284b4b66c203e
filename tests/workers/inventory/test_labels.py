"""Which labels a model gives: those of its checkpoint, or the user's own."""

from __future__ import annotations

from schema.catalog import CatalogEntry
from schema.catalog.own_labels import OwnLabel, OwnLabels
from workers.inventory.labels import Label, labels_of

TWO = {"id2label": {"0": "bad", "1": "good"}}


def test_labels_of_ones_own_stand_for_those_of_the_checkpoint() -> None:
    own = OwnLabels(labels=(OwnLabel(name="crash"), OwnLabel(name="billing")))
    entry = CatalogEntry(model="./vectors", own_labels=own)
    assert labels_of("topics", entry, TWO) == [Label("crash"), Label("billing")]
    assert labels_of("topics", CatalogEntry(model="./classes"), TWO) == [
        Label("bad"),
        Label("good"),
    ]


def test_what_writes_has_no_labels() -> None:
    assert labels_of("reply", CatalogEntry(model="./writer"), TWO) == []
