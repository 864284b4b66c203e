"""Models that are not loaded, and what is said of them."""

from __future__ import annotations

from typing import Any

import pytest
from transformers import AutoModelForSequenceClassification

from schema.catalog import CatalogEntry
from workers.errors import ModelError
from workers.models.loading import load


def fail(entry: CatalogEntry, head: Any = AutoModelForSequenceClassification) -> str:
    """The sentence that a model is refused with."""
    with pytest.raises(ModelError) as error:
        load(entry, head, "cpu")
    message = str(error.value)
    assert "\n" not in message and entry.model in message and "TRIAGE_MODELS" in message
    return message
