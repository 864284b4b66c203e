"""Operations by formula against those that torch counts in a real forward."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode
from transformers import (
    AutoModelForSeq2SeqLM,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
)

from benchmarks.engine.measuring import flops
from benchmarks.engine.synthetic.shapes import TINY

pytestmark = pytest.mark.slow

TOKENS = 37
STEPS = 11


def counted(model: torch.nn.Module, **inputs: torch.Tensor) -> int:
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        model(**inputs)
    return int(counter.get_total_flops())


def test_an_encoder_with_a_class_for_the_text(sentiment: Path) -> None:
    model = AutoModelForSequenceClassification.from_pretrained(
        sentiment, attn_implementation="eager"
    )
    ids = torch.arange(5, 5 + TOKENS)[None]
    assert flops.encoder(TINY["sentiment"], TOKENS) == counted(model, input_ids=ids)


def test_an_encoder_with_a_class_for_each_token(entities: Path) -> None:
    model = AutoModelForTokenClassification.from_pretrained(entities, attn_implementation="eager")
    ids = torch.arange(5, 5 + TOKENS)[None]
    assert flops.encoder(TINY["entities"], TOKENS) == counted(model, input_ids=ids)


@pytest.mark.parametrize("kind", ["translation", "summary"])
def test_encoder_and_decoder_step_by_step(kind: str, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue(kind)
    model = AutoModelForSeq2SeqLM.from_pretrained(folder, attn_implementation="eager")
    source = torch.arange(5, 5 + TOKENS)[None]
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        encoded = model.get_encoder()(source)
        cache, total = None, 0
        for step in range(STEPS):
            output = model(
                encoder_outputs=encoded,
                decoder_input_ids=torch.tensor([[7 + step]]),
                past_key_values=cache,
                use_cache=True,
            )
            cache = output.past_key_values
        total = counter.get_total_flops()
    shape = TINY[kind]
    assert flops.encoder(shape, TOKENS) + flops.decoder(shape, TOKENS, STEPS) == total


def test_beams_multiply_all_but_what_they_share() -> None:
    shape = TINY["translation"]
    one, four = (flops.decoder(shape, TOKENS, STEPS, beams) for beams in (1, 4))
    shared = shape.decoder_layers * 4 * TOKENS * shape.width**2
    assert four - shared == 4 * (one - shared)
