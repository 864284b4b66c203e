"""Replies: a made-up checkpoint whose texts end by themselves, and every way to write them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode
from transformers import AutoModelForCausalLM

from benchmarks.engine.measuring import flops
from benchmarks.engine.synthetic import texts
from benchmarks.engine.synthetic.checkpoints import make_checkpoint, with_beams
from benchmarks.engine.synthetic.shapes import TINY, Shape
from benchmarks.engine.variants import prompt_continuation
from benchmarks.engine.variants.transformers_pipelines import load_model, transformers_variants
from benchmarks.engine.workload import WORKS, LeftOut, Place, Run, Variant

pytestmark = pytest.mark.long

PROMPT, STEPS = 37, 11


@pytest.fixture(scope="module")
def place(root: Path) -> Place:
    return Place(with_beams(make_checkpoint(root, "reply", TINY["reply"]), 1), "cpu", 1)


def variants(place: Place) -> dict[str, Variant]:
    work = WORKS["reply"]
    known = (*transformers_variants(work, place), *prompt_continuation.reply_variants(work, place))
    return {variant.name: variant for variant in known}


@pytest.fixture(scope="module")
def alone(place: Place) -> list[Any]:
    run: Run = variants(place)["transformers one"].load()
    return run(texts.documents(12))


def test_replies_are_of_many_lengths_and_words(alone: list[Any]) -> None:
    lengths = [said.tokens for said in alone]
    assert len(set(lengths)) > 6
    assert sum(length < Shape.longest_reply for length in lengths) > 6
    assert len({said.text for said in alone}) > 8
    assert sum(len(set(said.text.split())) > 4 for said in alone) > 6


@pytest.mark.parametrize(
    "name",
    ["transformers 16 arrival", "transformers 16 sorted", "transformers continuous", "loop fp32"],
)
def test_all_ways_say_the_same(name: str, place: Place, alone: list[Any]) -> None:
    said: Sequence[Any] = variants(place)[name].load()(texts.documents(12))
    assert said == alone
    assert [its.tokens for its in said] == [its.tokens for its in alone]


def test_continuous_batching_that_does_not_run_is_left_out_with_its_reason(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = load_model

    def elsewhere(*asked: Any) -> tuple[Any, Any]:
        model, tokenizer = load(*asked)
        return model.to("meta"), tokenizer

    monkeypatch.setattr(prompt_continuation, "load_model", elsewhere)
    with pytest.raises(LeftOut, match="generate_batch: ."):
        variants(place)["transformers continuous"].load()


def test_operations_are_those_that_torch_counts(place: Place) -> None:
    model: Any = AutoModelForCausalLM.from_pretrained(place.checkpoint, attn_implementation="eager")
    cache = None
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        for place_of_token in range(PROMPT + STEPS - 1):
            # Before the prompt's last token there is nothing to score.
            step = model if place_of_token >= PROMPT - 1 else model.transformer
            output = step(
                torch.tensor([[7 + place_of_token]]), past_key_values=cache, use_cache=True
            )
            cache = output.past_key_values
    assert flops.causal(TINY["reply"], PROMPT, STEPS) == counter.get_total_flops()
