"""The decoding loop with decoder-only models against `generate`, token for token."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from tests.support.causal_models import (
    CPU,
    ENDS,
    EOS,
    MODELS,
    NEW,
    POSITIONS,
    build_model,
    decoder_of,
    nothing,
    prompts_of,
    settings_of,
)
from tests.support.counted_head import CountedHead
from tests.support.three_lanes import LANES, three_lanes
from tests.support.written import generated
from workers.decoding import Decoder, admission_queue, convert

pytestmark = pytest.mark.long

SEARCHES: dict[str, dict[str, Any]] = {
    "greedy": {"ends": ENDS},
    "greedy to a length": {"max_new_tokens": None, "max_length": 70},
    "greedy without repeats": {"ends": ENDS, "no_repeat_ngram_size": 2, "min_new_tokens": 6},
    "greedy without any token twice": {"no_repeat_ngram_size": 1, "min_length": 20, "ends": ENDS},
    "penalised": {"repetition_penalty": 1.4, "ends": ENDS},
    "forbidden": {"bad_words_ids": [[7], [9, 11], [20, 21, 22], [8]], "ends": ENDS},
    "forced": {"forced_eos_token_id": 9, "forced_bos_token_id": 17},
    "forced at a length": {
        "max_new_tokens": None,
        "max_length": 70,
        "min_length": 60,
        "forced_eos_token_id": [9, 10],
        "ends": ENDS,
    },
    "endless": {"eos_token_id": None, "repetition_penalty": 1.2},
    "beams": {"num_beams": 4, "ends": ENDS},
    "first beams": {"num_beams": 4, "early_stopping": True, "length_penalty": 2.0, "ends": ENDS},
    "patient beams": {"num_beams": 3, "early_stopping": "never", "length_penalty": 1.5},
    "patient beams to a length": {
        "num_beams": 3,
        "early_stopping": "never",
        "length_penalty": 1.5,
        "max_new_tokens": None,
        "max_length": 70,
        "ends": ENDS,
    },
    "impatient beams": {"num_beams": 2, "length_penalty": -0.5, "ends": ENDS[:2]},
    "constrained beams": {
        "num_beams": 4,
        "no_repeat_ngram_size": 3,
        "repetition_penalty": 1.3,
        "bad_words_ids": [[7], [9, 11], [8]],
        "min_length": 40,
        "max_new_tokens": None,
        "max_length": 75,
        "length_penalty": 2.0,
        "early_stopping": True,
        "forced_eos_token_id": EOS,
        "renormalize_logits": True,
        "ends": ENDS,
    },
}


#: One of each kind goes through every search, its kin through two.
PAIRS = [
    (family, search)
    for family in MODELS
    for search in SEARCHES
    if family in ("gpt2", "llama") or search in ("greedy", "constrained beams")
]


@pytest.mark.parametrize(("family", "search"), PAIRS)
def test_texts_are_those_of_generate(family: str, search: str) -> None:
    model = build_model(family)
    settings = settings_of(**SEARCHES[search])
    prompts = prompts_of(9)
    expected = [generated(model, settings, prompt) for prompt in prompts]
    assert len({tuple(text) for text in expected}) > 4
    assert decoder_of(model, settings).decode(prompts, nothing) == expected


@pytest.mark.parametrize("family", ["gpt2", "llama"])
@pytest.mark.parametrize("beams", [1, 4])
def test_documents_come_and_go_and_change_nothing_for_each_other(family: str, beams: int) -> None:
    model = build_model(family)
    settings = settings_of(ENDS, num_beams=beams, max_new_tokens=36, no_repeat_ngram_size=1)
    prompts = prompts_of(40)
    alone = [decoder_of(model, settings, rows=1).decode([prompt], nothing)[0] for prompt in prompts]
    assert len({len(text) for text in alone}) > 5
    for rows, tokens in ((8 * beams, 10_000), (400, 10_000), (400, 150 * beams), (1, 1)):
        decoder = decoder_of(model, settings, rows, tokens=tokens)
        assert decoder.decode(prompts, nothing) == alone
        assert decoder.decode(prompts[::-1], nothing) == alone[::-1]


@pytest.mark.parametrize(
    "search",
    [
        "greedy without any token twice",
        "penalised",
        "forced",
        "forced at a length",
        "patient beams to a length",
        "constrained beams",
    ],
)
def test_prompts_of_all_lengths_in_one_cohort(search: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model = build_model("gpt2")
    settings = settings_of(**SEARCHES[search])
    prompts = prompts_of(12)
    expected = [generated(model, settings, prompt) for prompt in prompts]
    monkeypatch.setattr(admission_queue, "_ALIKE", 0.0)
    cohorts: list[int] = []
    step = Decoder._step

    def watched(self: Decoder, some: Any) -> Any:
        cohorts.append(len(some))
        return step(self, some)

    monkeypatch.setattr(Decoder, "_step", watched)
    assert decoder_of(model, settings, rows=400).decode(prompts, nothing) == expected
    assert set(cohorts) == {1}


@pytest.mark.parametrize("family", ["gpt2", "llama"])
@pytest.mark.parametrize("beams", [1, 4])
def test_lanes_share_the_documents(family: str, beams: int) -> None:
    model = build_model(family)
    settings = settings_of(ENDS, num_beams=beams, max_new_tokens=36, no_repeat_ngram_size=1)
    prompts = prompts_of(40)
    alone = decoder_of(model, settings).decode(prompts, nothing)
    with three_lanes(rows=5 * beams) as begun:
        assert decoder_of(model, settings, 4 * beams).decode(prompts, nothing) == alone
        assert begun == LANES


def test_nothing_is_computed_twice_or_for_nobody() -> None:
    model = build_model("gpt2")
    settings = settings_of(ENDS, max_new_tokens=36, no_repeat_ngram_size=1)
    prompts = prompts_of(40)
    causal = convert(model, "fp32")
    head, embedded = CountedHead(causal.head), 0

    def embed(ids: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
        nonlocal embedded
        embedded += len(ids)
        return causal.embed(ids, positions)

    texts = Decoder(replace(causal, head=head, embed=embed), settings, 16, 10_000, CPU).decode(
        prompts, nothing
    )
    written = sum(map(len, texts))
    assert head.rows == written
    # The last token of a text is read by nobody, the last of a prompt in the first step.
    assert embedded == written + sum(len(prompt) - 1 for prompt in prompts)


def test_a_text_ends_where_positions_do() -> None:
    model = build_model("gpt2")
    settings = settings_of(eos_token_id=None, max_new_tokens=30)
    prompts = prompts_of(6, longest=POSITIONS)
    most = [min(30, POSITIONS + 1 - len(prompt)) for prompt in prompts]
    assert min(most) == 1
    expected = [
        generated(model, settings_of(eos_token_id=None, max_new_tokens=room), prompt)
        for prompt, room in zip(prompts, most, strict=True)
    ]
    assert decoder_of(model, settings).decode(prompts, nothing) == expected


@pytest.mark.parametrize(
    ("prompt", "limit"),
    [([], NEW), ([5] * (POSITIONS + 1), NEW), ([5] * 9, {"max_new_tokens": None, "max_length": 9})],
)
def test_a_prompt_without_room_for_a_text_is_refused(
    prompt: list[int], limit: dict[str, Any]
) -> None:
    decoder = decoder_of(build_model("gpt2"), settings_of(**limit))
    with pytest.raises(ValueError, match="prompt|no room"):
        decoder.decode([prompt], nothing)


@pytest.mark.parametrize("family", ["gpt2", "llama"])
@pytest.mark.parametrize("precision", ["bf16", "int8"])
def test_lower_precisions_write_much_the_same(family: str, precision: Any) -> None:
    model = build_model(family)
    settings = settings_of(ENDS, max_new_tokens=8)
    prompts = prompts_of(30)
    exact = decoder_of(model, settings).decode(prompts, nothing)
    rough = Decoder(convert(model, precision), settings, 16, 10_000, CPU)
    texts = rough.decode(prompts, nothing)
    equal = sum(ours == theirs for ours, theirs in zip(texts, exact, strict=True))
    assert equal > len(prompts) / 2


def test_the_model_may_go_once_it_is_taken_apart() -> None:
    for family in ("gpt2", "llama"):
        model, settings = build_model(family), settings_of(ENDS)
        prompts = prompts_of(6)
        expected = decoder_of(model, settings).decode(prompts, nothing)
        decoder = decoder_of(model, settings)
        model.to("meta")
        assert decoder.decode(prompts, nothing) == expected
