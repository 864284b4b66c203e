"""The checkpoints: loaded by the catalog, with labels that differ and texts that end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

from benchmarks.engine.synthetic import texts
from benchmarks.engine.synthetic.checkpoints import make_checkpoint, with_beams
from benchmarks.engine.synthetic.shapes import TINY
from benchmarks.engine.variants.project_engine import load_engine
from benchmarks.engine.variants.transformers_pipelines import BASELINE, transformers_variants
from benchmarks.engine.workload import WORKS, Place, Written

pytestmark = pytest.mark.long


def said_by_transformers(name: str, folder: Path, count: int = 12) -> list[Any]:
    variants = transformers_variants(WORKS[name], Place(folder, "cpu", 1))
    run = next(variant for variant in variants if variant.name == BASELINE).load()
    return run(texts.documents(count))


def test_labels_differ_between_texts(sentiment: Path) -> None:
    labels = said_by_transformers("sentiment", sentiment, 32)
    assert 4 <= labels.count("POSITIVE") <= 28


def test_some_tokens_are_entities_and_most_are_none(entities: Path) -> None:
    found = said_by_transformers("entities", entities)
    inside = sum(end - start for said in found for _, start, end in said)
    whole = sum(len(document.text) for document in texts.documents(12))
    assert 0.02 < inside / whole < 0.5


def test_a_translation_is_as_long_as_its_source(translation: Path) -> None:
    folder = with_beams(translation, 1)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    for document, said in zip(
        texts.documents(12), said_by_transformers("translation", folder), strict=True
    ):
        assert isinstance(said, Written)
        source = len(tokenizer(document.text, truncation=True)["input_ids"])
        assert 0.8 * source <= said.tokens <= source + 2


def test_a_summary_ends_by_itself_between_its_limits(summary: Path) -> None:
    steps = [said.tokens for said in said_by_transformers("summary", with_beams(summary, 1))]
    assert min(steps) >= 55
    assert sum(step < 100 for step in steps) >= 9


def test_the_number_of_beams_is_the_checkpoints(translation: Path, summary: Path) -> None:
    place = Place(with_beams(translation, 4), "cpu", 1)
    model = AutoModelForSeq2SeqLM.from_pretrained(place.checkpoint)
    assert model.generation_config.num_beams == 4
    assert with_beams(translation, 4) == place.checkpoint
    weights = [folder / "model.safetensors" for folder in (translation, place.checkpoint)]
    assert weights[0].samefile(weights[1])


@pytest.mark.parametrize("name", ["sentiment", "translation"])
def test_the_engine_says_what_transformers_says(name: str, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(name)
    if WORKS[name].beams:
        folder = with_beams(folder, WORKS[name].beams)
    engine = load_engine(WORKS[name], Place(folder, "cpu", 1), "fp32")
    short = [document for document in texts.documents(12) if len(document.text) < 600]
    reference = dict(enumerate(said_by_transformers(name, folder), 1))
    assert engine(short) == [reference[int(document.id)] for document in short]


def test_what_is_there_is_not_made_again(root: Path, sentiment: Path) -> None:
    before = (sentiment / "model.safetensors").stat().st_mtime_ns
    assert make_checkpoint(root, "sentiment", TINY["sentiment"]) == sentiment
    assert (sentiment / "model.safetensors").stat().st_mtime_ns == before
