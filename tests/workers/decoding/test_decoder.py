"""The decoding loop against `generate` of Transformers, token for token."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest
import torch
from transformers import GenerationConfig

from tests.support.counted_head import CountedHead
from tests.support.seq2seq_models import FEWER, MODELS, POSITIONS, VOCABULARY, build_model
from tests.support.three_lanes import LANES, three_lanes
from workers.decoding import Decoder, TransformersDecoder, convert
from workers.decoding.output import lm_head
from workers.decoding.search.beam import Written
from workers.errors import UnsupportedModelError
from workers.layers.int8_kernels import has_fbgemm

pytestmark = pytest.mark.long

MAX_LENGTH = 24
CPU = torch.device("cpu")
#: Several tokens that end a text, so that lengths vary.
ENDS = [8, 12, 20, 30, 44, 50]

SEARCHES: dict[str, dict[str, Any]] = {
    "greedy": {"ends": ENDS},
    "greedy without repeats": {"ends": ENDS, "no_repeat_ngram_size": 2, "min_length": 6},
    "beams": {"num_beams": 4, "ends": ENDS},
    "first beams": {"num_beams": 4, "early_stopping": True, "length_penalty": 2.0, "ends": ENDS},
    "patient beams": {"num_beams": 3, "early_stopping": "never", "length_penalty": 1.5},
    "impatient beams": {"num_beams": 2, "length_penalty": -0.5, "ends": ENDS[:2]},
    "summary": {
        "num_beams": 4,
        "no_repeat_ngram_size": 3,
        "min_length": 9,
        "length_penalty": 2.0,
        "early_stopping": True,
        "forced_bos_token_id": 3,
        "ends": ENDS,
    },
    "forbidden": {"num_beams": 3, "bad_words_ids": [[7], [9, 11], [20, 21, 22], [8]], "ends": ENDS},
    "penalised": {"num_beams": 2, "repetition_penalty": 1.3, "renormalize_logits": True},
}


def settings_of(model: Any, ends: list[int] | None = None, **search: Any) -> GenerationConfig:
    config = model.config
    eos = [config.eos_token_id, *(ends or [])]
    common = {
        "pad_token_id": config.pad_token_id,
        "decoder_start_token_id": config.decoder_start_token_id,
        "do_sample": False,
        "max_length": MAX_LENGTH,
        "num_beams": 1,
    }
    return GenerationConfig(**common | {"eos_token_id": eos} | search)


def sources_of(count: int, eos: int, seed: int = 1) -> list[list[int]]:
    draw = random.Random(seed)
    lengths = [1, 2, 2, POSITIONS - 1, *(draw.randint(1, 60) for _ in range(count - 4))]
    return [
        [*(draw.randrange(5, VOCABULARY - 1) for _ in range(length - 1)), eos] for length in lengths
    ]


def generated(model: Any, settings: GenerationConfig, source: list[int]) -> list[int]:
    # What the settings leave open, `generate` takes from the model.
    model.generation_config = settings
    with torch.inference_mode():
        ids = torch.tensor([source])
        text = model.generate(
            input_ids=ids, attention_mask=torch.ones_like(ids), generation_config=settings
        )
    written: list[int] = text[0, 1:].tolist()
    return written


def decoder_of(model: Any, settings: GenerationConfig, rows: int = 16, **budget: int) -> Decoder:
    tokens = budget.get("tokens", 10_000)
    return Decoder(convert(model, "fp32"), settings, rows, tokens, CPU)


def nothing() -> None: ...


def written(
    decoder: Decoder, first: list[list[int]], more: Callable[[], list[list[int]]]
) -> dict[int, list[int]]:
    """The texts of sources that come while others are on their way."""
    stream = decoder.stream()
    stream.add(first)
    texts: dict[int, list[int]] = {}
    for finished in stream.run(nothing):
        for number, text in finished or ():
            assert number not in texts
            texts[number] = text
        if stream.needs_sources():
            stream.add(more())
    return texts


#: One of each kind goes through every search, its kin through two.
PAIRS = [
    (family, search)
    for family in MODELS
    for search in SEARCHES
    if family in ("bart", "t5") or search in ("greedy", "summary")
]


@pytest.mark.parametrize(("family", "search"), PAIRS)
def test_texts_are_those_of_generate(family: str, search: str) -> None:
    model = build_model(family)
    settings = settings_of(model, **SEARCHES[search])
    sources = sources_of(7, model.config.eos_token_id)
    expected = [generated(model, settings, source) for source in sources]
    assert decoder_of(model, settings).decode(sources, nothing) == expected


@pytest.mark.parametrize("beams", [1, 4])
def test_documents_come_and_go_and_change_nothing_for_each_other(beams: int) -> None:
    model = build_model("marian")
    settings = settings_of(model, ENDS, num_beams=beams, max_length=60, no_repeat_ngram_size=1)
    sources = sources_of(40, 0)
    alone = [decoder_of(model, settings, rows=1).decode([source], nothing)[0] for source in sources]
    assert len({len(text) for text in alone}) > 5
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    for rows, tokens in ((8 * beams, 10_000), (400, 10_000), (400, 150 * beams), (1, 1)):
        decoder = decoder_of(model, settings, rows, tokens=tokens)
        assert decoder.decode(sources, count) == alone
        assert decoder.decode(sources[::-1], nothing) == alone[::-1]


@pytest.mark.parametrize("family", ["marian", "t5"])
@pytest.mark.parametrize("beams", [1, 4])
def test_lanes_share_the_documents(family: str, beams: int) -> None:
    model = build_model(family)
    ends = {"no_repeat_ngram_size": 1}
    settings = settings_of(model, ENDS, num_beams=beams, max_length=60, **ends)
    sources = sources_of(40, model.config.eos_token_id)
    alone = decoder_of(model, settings).decode(sources, nothing)
    with three_lanes(rows=5 * beams) as begun:
        for rows in (4 * beams, 400):
            begun.clear()
            assert decoder_of(model, settings, rows).decode(sources, nothing) == alone
            assert begun == LANES


@pytest.mark.parametrize("beams", [1, 4])
@pytest.mark.parametrize("lanes", [1, 3])
def test_sources_may_come_while_others_are_on_their_way(beams: int, lanes: int) -> None:
    model = build_model("marian")
    settings = settings_of(model, ENDS, num_beams=beams, max_length=60, no_repeat_ngram_size=1)
    sources = sources_of(60, 0)
    expected = decoder_of(model, settings).decode(sources, nothing)
    coming = [sources[20:21], sources[21:40], [], sources[40:]]

    def more() -> list[list[int]]:
        return coming.pop(0) if coming else []

    with three_lanes(rows=5 * beams) if lanes > 1 else nullcontext():
        decoder = decoder_of(model, settings, 4 * beams)
        # Three lanes wait for each other in their first step: all need something to do.
        texts = written(decoder, sources[:20], more)
    assert not coming
    assert [texts[number] for number in range(60)] == expected


def test_what_comes_when_the_last_lane_has_ended_is_written_too() -> None:
    model = build_model("marian")
    settings = settings_of(model, ENDS, max_length=60, no_repeat_ngram_size=1)
    sources = sources_of(12, 0)
    decoder = decoder_of(model, settings)
    texts: dict[int, list[int]] = {}
    stream = decoder.stream()
    stream.add(sources[:6])
    late = [sources[6:]]
    for finished in stream.run(nothing):
        texts.update(finished or ())
        if late and len(texts) == 6:
            assert stream.needs_sources()
            stream.add(late.pop())
    expected = decoder.decode(sources, nothing)
    assert [texts[number] for number in range(12)] == expected


def test_finished_rows_are_not_computed_any_more() -> None:
    model = build_model("marian")
    settings = settings_of(model, ENDS, max_length=60, no_repeat_ngram_size=1)
    sources = sources_of(40, 0)
    seq2seq = convert(model, "fp32")
    lm_head = CountedHead(seq2seq.head)
    counted = replace(seq2seq, head=lm_head)
    texts = Decoder(counted, settings, 16, 10_000, CPU).decode(sources, nothing)
    assert lm_head.rows == sum(map(len, texts))


def test_no_sources() -> None:
    model = build_model("bart")
    assert decoder_of(model, settings_of(model)).decode([], nothing) == []


@pytest.mark.parametrize(("precision", "least"), [("bf16", 0.2), ("int8", 0.2)])
def test_lower_precisions_write_much_the_same(precision: Any, least: float) -> None:
    model = build_model("marian")
    settings = settings_of(model, ENDS)
    sources = sources_of(30, 0)
    exact = decoder_of(model, settings).decode(sources, nothing)
    rough = Decoder(convert(model, precision), settings, 16, 10_000, CPU)
    texts = rough.decode(sources, nothing)
    equal = sum(ours == theirs for ours, theirs in zip(texts, exact, strict=True))
    assert equal >= least * len(sources)
    alone = [rough.decode([source], nothing)[0] for source in sources[:5]]
    assert precision == "bf16" or alone == texts[:5]


@pytest.mark.parametrize("asked", [{"do_sample": True}, {"encoder_no_repeat_ngram_size": 2}])
def test_what_the_loop_lacks_is_named(asked: dict[str, Any]) -> None:
    model = build_model("bart")
    with pytest.raises(UnsupportedModelError, match=next(iter(asked))):
        decoder_of(model, settings_of(model, **asked))


def test_generate_serves_what_the_loop_lacks() -> None:
    model = build_model("bart")
    settings = settings_of(model, ENDS, encoder_no_repeat_ngram_size=2)
    sources = sources_of(12, 2)
    expected = [generated(model, settings, source) for source in sources]
    texts = TransformersDecoder(model, settings, 100).decode(sources, nothing)
    pad = model.config.pad_token_id
    for text, alone in zip(texts, expected, strict=True):
        assert text[: len(alone)] == alone
        assert set(text[len(alone) :]) <= {pad}


def test_whoever_watches_may_end_it() -> None:
    model = build_model("bart")

    def enough() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        decoder_of(model, settings_of(model)).decode(sources_of(6, 2), enough)


@pytest.mark.parametrize("beams", [1, 3])
def test_two_languages_may_have_a_vocabulary_each(beams: int) -> None:
    model = build_model("marian, two vocabularies")
    settings = settings_of(model, ENDS, num_beams=beams, no_repeat_ngram_size=1)
    sources = [source for source in sources_of(8, 0) if max(source) >= FEWER]
    expected = [generated(model, settings, source) for source in sources]
    decoder = decoder_of(model, settings)
    assert len(expected) > 3 and len(set(map(len, expected))) > 1
    assert decoder.decode(sources, nothing) == expected
    with pytest.raises(IndexError, match=f"none of the model's {VOCABULARY}"):
        decoder.decode([[VOCABULARY]], nothing)


@pytest.mark.parametrize("family", ["bart", "marian", "t5"])
@pytest.mark.parametrize(
    "search",
    [
        {"ends": ENDS},
        {"ends": ENDS, "no_repeat_ngram_size": 2, "min_length": 6, "forced_bos_token_id": 3},
        {"ends": ENDS, "no_repeat_ngram_size": 1, "bad_words_ids": [[7], [9, 11], [20, 21, 22]]},
    ],
)
def test_greedy_texts_are_those_of_generate_where_scores_are_coarse(
    family: str, search: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    if not has_fbgemm():
        pytest.skip("no products of bytes here")
    monkeypatch.setattr(lm_head, "_LARGE", 0)
    model = build_model(family)
    settings = settings_of(model, **search)
    sources = sources_of(16, model.config.eos_token_id)
    expected = [generated(model, settings, source) for source in sources]
    decoder = decoder_of(model, settings, rows=5)
    assert decoder._model.head._int8_argmax is not None
    # Lengths differ by more than twice, so that there are several cohorts in a step.
    assert decoder.decode(sources, nothing) == expected


@pytest.mark.parametrize("family", ["bart", "marian", "t5"])
@pytest.mark.parametrize("loop", [True, False])
def test_a_token_beyond_the_table_is_refused_before_a_gpu_gets_it(family: str, loop: bool) -> None:
    model = build_model(family)
    settings = settings_of(model)
    decoder = decoder_of(model, settings) if loop else TransformersDecoder(model, settings, 100)
    assert decoder.decode([[VOCABULARY - 1]], nothing)[0]
    with pytest.raises(IndexError, match=f"token {VOCABULARY} is none of the model's {VOCABULARY}"):
        decoder.decode([[5, 6], [7, VOCABULARY]], nothing)


@pytest.mark.parametrize("search", ["beams", "first beams", "impatient beams"])
def test_beams_say_how_sure_they_are_of_a_text(search: str) -> None:
    """The geometric mean of the probabilities, out of the score that `generate` gives a text."""
    model = build_model("bart")
    settings = settings_of(model, **SEARCHES[search])
    for source in sources_of(6, model.config.eos_token_id):
        (text,) = decoder_of(model, settings).decode([source], nothing)
        assert isinstance(text, Written)
        model.generation_config = settings
        ids = torch.tensor([source])
        with torch.inference_mode():
            output = model.generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                generation_config=settings,
                return_dict_in_generate=True,
                output_scores=True,
            )
        penalty = settings.length_penalty or 1.0
        logs = output.sequences_scores.item() * len(text) ** penalty
        assert text.confidence == pytest.approx(math.exp(logs / len(text)), rel=1e-4)
