"""All ways of doing a work that are known, whether they can run here or not."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.engine.variants.ctranslate2_translator import ctranslate2_variants
from benchmarks.engine.variants.onnx_sessions import onnx_variants
from benchmarks.engine.variants.project_engine import engine_variants
from benchmarks.engine.variants.prompt_continuation import reply_variants
from benchmarks.engine.variants.transformers_pipelines import transformers_variants
from benchmarks.engine.workload import Place, Variant, Work


def known_variants(work: Work, place: Place) -> Iterator[Variant]:
    """Of this work, those of Transformers first."""
    yield from transformers_variants(work, place)
    if work.analysis == "reply":
        yield from reply_variants(work, place)
        return
    yield from engine_variants(work, place)
    yield from ctranslate2_variants(work, place)
    yield from onnx_variants(work, place)
