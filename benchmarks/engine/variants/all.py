"""All ways of doing a work that are known, whether they can run here or not."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.engine.ctranslate2_variants import ctranslate2_variants
from benchmarks.engine.engine_variants import engine_variants
from benchmarks.engine.onnx_variants import onnx_variants
from benchmarks.engine.reply_variants import reply_variants
from benchmarks.engine.transformers_variants import transformers_variants
from benchmarks.engine.work import Place, Variant, Work


def known_variants(work: Work, place: Place) -> Iterator[Variant]:
    """Of this work, those of Transformers first."""
    yield from transformers_variants(work, place)
    if work.analysis == "reply":
        yield from reply_variants(work, place)
        return
    yield from engine_variants(work, place)
    yield from ctranslate2_variants(work, place)
    yield from onnx_variants(work, place)
