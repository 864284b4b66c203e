"""Converts models of Transformers into what the decoding loop computes with."""

from __future__ import annotations

from typing import Any

from schema.catalog import Precision
from workers.decoding.architecture.causal import Model
from workers.decoding.families import bart, gpt2, llama, t5
from workers.errors import UnsupportedModelError


def convert(model: Any, precision: Precision) -> Model:
    """Convert a model of Transformers that writes.

    The result shares no module with the model, whose own weights may go afterwards.

    Raises:
        UnsupportedModelError: If its architecture is not known here, or its configuration asks for
            what is not done here.
    """
    family = model.config.model_type
    if family in bart.FAMILY:
        return bart.from_bart(model, precision)
    if family in t5.FAMILY:
        return t5.from_t5(model, precision)
    if family == gpt2.FAMILY:
        return gpt2.from_gpt2(model, precision)
    if family in llama.FAMILY:
        return llama.from_llama(model, precision)
    raise UnsupportedModelError(f"model_type {family}")
