"""How many tokens a model reads at once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from schema.catalog import CatalogEntry, EntryOptions
from workers.models.window import window_of


def window(told: object = 10**30, asked: int | None = None, **config: Any) -> int:
    model: Any = SimpleNamespace(config=SimpleNamespace(**config), base_model=None)
    tokenizer: Any = SimpleNamespace(model_max_length=told)
    entry = CatalogEntry(model="m", options=EntryOptions(max_length=asked))
    return window_of(entry, model, tokenizer)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"max_position_embeddings": 90}, 90),
        ({"max_position_embeddings": 90, "told": 80}, 80),
        ({"max_position_embeddings": 90, "told": "80"}, 80),
        ({"max_position_embeddings": 90, "asked": 70}, 70),
        ({"max_position_embeddings": -1, "told": 80}, 80),
        ({}, 512),
        # One that sees pictures, too, says it of the part that writes.
        ({"text_config": SimpleNamespace(max_position_embeddings=4000)}, 4000),
    ],
)
def test_the_least_of_what_anybody_says_counts(given: dict[str, Any], expected: int) -> None:
    assert window(**given) == expected
