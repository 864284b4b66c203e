"""On a GPU: what Transformers says on a CPU, packed, in lanes, in streams, and token for token."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch

from schema.catalog import Catalog, Precision
from schema.document import Document
from schema.options import RunOptions
from tests.support import causal_models, packed_models
from tests.support.alike import alike
from tests.support.causal_models import prompts_of
from tests.support.collected import Collected, Jobs, job_of, nothing, outcomes_of
from tests.support.packed_models import BATCHES, CONFIGS, HEADS, rows_of, takes_types, together
from tests.support.seq2seq_models import MODELS, build_model, sources_of
from tests.support.seq2seq_searches import SEARCHES, settings_of
from tests.support.written import generated
from workers.analyses import load_analysis
from workers.decoding import Decoder, convert
from workers.encoders.conversion import pack
from workers.engine.engine import Engine

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here"),
]

GPU = torch.device("cuda:0")
OPTIONS = RunOptions(questions=("What arrived late?",), translate_to="de")


def documents_of(count: int) -> list[Document]:
    texts = [
        f"Parcel {number} from Berlin was late. " * (number % 5 + 1) for number in range(count)
    ]
    return [Document(number, text, "en") for number, text in enumerate(texts)]


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("name", CONFIGS)
def test_logits_are_those_of_the_padded_forward(name: str, head: str) -> None:
    model, types = packed_models.model_of(name, head), takes_types(name)
    expected = [together(packed_models.padded(model, rows_of(one), types)) for one in BATCHES]
    packed = pack(model.to(GPU), "fp32", types)
    for lengths, logits in zip(BATCHES, expected, strict=True):
        np.testing.assert_allclose(packed(rows_of(lengths)), logits, rtol=0, atol=1e-4)


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
@pytest.mark.parametrize("name", ["bert", "bert, narrow heads", "distilbert", "deberta-v3"])
def test_half_precisions_are_close(name: str, precision: Precision) -> None:
    model = packed_models.model_of(name, "TokenClassification").to(GPU)
    rows = rows_of(BATCHES[0])
    exact, rough = (pack(model, one, False)(rows) for one in ("fp32", precision))
    error = np.sqrt(np.mean((rough - exact) ** 2)) / exact.std()
    assert 1e-5 < error < 0.1


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize("family", MODELS)
def test_texts_are_those_of_generate(family: str, search: str) -> None:
    model = build_model(family)
    settings = settings_of(model, **SEARCHES[search])
    sources = sources_of(12, model.config.eos_token_id)
    expected = [generated(model, settings, source) for source in sources]
    decoder = Decoder(convert(model.to(GPU), "fp32"), settings, 16, 10_000, GPU)
    assert decoder.decode(sources, nothing) == expected


@pytest.mark.parametrize("beams", [1, 4])
@pytest.mark.parametrize("family", causal_models.MODELS)
def test_replies_are_those_of_generate(family: str, beams: int) -> None:
    model = causal_models.build_model(family)
    settings = causal_models.settings_of(causal_models.ENDS, num_beams=beams)
    prompts = prompts_of(12)
    expected = [generated(model, settings, prompt) for prompt in prompts]
    decoder = Decoder(convert(model.to(GPU), "fp32"), settings, 16, 10_000, GPU)
    assert decoder.decode(prompts, nothing) == expected


@pytest.mark.parametrize("name", ["sentiment", "entities", "qa", "summary", "translation"])
def test_outcomes_are_those_of_a_cpu(tiny_catalog: Catalog, name: str) -> None:
    documents = documents_of(40)
    random.Random(1).shuffle(documents)
    here, there = (Engine(load_analysis(name, tiny_catalog, on)) for on in ("cuda:0", "cpu"))
    here.budgets.set_ceiling("", 256)
    expected = outcomes_of(there, documents, OPTIONS)
    got = outcomes_of(here, documents, OPTIONS)
    assert alike(got, expected)
    parts = (documents[:7], documents[7:8], documents[8:])
    jobs = Jobs([job_of(here, some, OPTIONS) for some in parts])
    collected = Collected(here, jobs)
    assert not jobs.faults
    streamed = [one for number in range(3) for one in collected.done[number]]
    assert alike(streamed, expected)
