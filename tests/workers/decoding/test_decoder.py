"""The decoding loop against `generate` of Transformers, token for token."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from tests.support.collected import nothing
from tests.support.seq2seq_models import (
    CPU,
    FEWER,
    MODELS,
    VOCABULARY,
    build_model,
    decoder_of,
    sources_of,
)
from tests.support.seq2seq_searches import ENDS, SEARCHES, settings_of
from tests.support.written import generated
from workers.decoding import Decoder, TransformersDecoder, convert
from workers.decoding.output import lm_head
from workers.decoding.search.beam import Written
from workers.layers.int8_kernels import has_fbgemm

pytestmark = pytest.mark.long

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
