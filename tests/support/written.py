"""What `generate` of Transformers writes, to be compared with."""

from __future__ import annotations

from typing import Any

import torch
from transformers import GenerationConfig


def generated(model: Any, settings: GenerationConfig, ids: list[int]) -> list[int]:
    """The tokens behind the one that a decoder begins with, or behind the prompt."""
    # What the settings leave open, `generate` takes from the model.
    model.generation_config = settings
    with torch.inference_mode():
        given = torch.tensor([ids])
        text = model.generate(
            input_ids=given, attention_mask=torch.ones_like(given), generation_config=settings
        )
    begin = 1 if model.config.is_encoder_decoder else len(ids)
    written: list[int] = text[0, begin:].tolist()
    return written
