"""CTranslate2 (Klein et al. 2020) on the same checkpoints, converted once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from importlib import util
from pathlib import Path
from typing import Any

from benchmarks.engine.variants.transformers_pipelines import TASKS, decode, load_model
from benchmarks.engine.workload import LeftOut, Place, Run, Said, Variant, Work, Written
from schema.catalog import Precision
from schema.document import Document
from workers.generation.settings import generation_settings

#: Padded tokens of a batch; it sorts by length itself.
_BATCH_TOKENS, _BATCH_TOKENS_EACH = 4096, 1024


def ctranslate2_variants(work: Work, place: Place) -> Iterator[Variant]:
    """fp32 and int8; int8 also with a worker for each thread, which is its best setting here."""
    if not work.beams:
        # It has encoders too, without heads.
        return
    cpu = place.device == "cpu"
    ways: list[tuple[str, Precision, int]] = [("fp32", "fp32", 1), ("int8", "int8", 1)]
    if cpu and place.threads > 1:
        ways.append((f"int8 {place.threads}×1 thread", "int8", place.threads))
    if not cpu:
        ways.append(("bf16", "bf16", 1))
    for name, precision, workers in ways:
        yield Variant(
            f"CTranslate2 {name}", precision, partial(_load, work, place, precision, workers)
        )


def _load(work: Work, place: Place, precision: Precision, workers: int) -> Run:
    if util.find_spec("ctranslate2") is None:
        raise LeftOut("CTranslate2 is not installed: pip install '.[bench]'")
    import ctranslate2

    kinds = {"fp32": "float32", "int8": "int8", "bf16": "bfloat16"}
    translator = ctranslate2.Translator(
        str(_converted(place)),
        device=place.device.split(":")[0],
        compute_type=kinds[precision],
        inter_threads=workers,
        intra_threads=max(1, place.threads // workers),
    )
    model, tokenizer = load_model(work, place)
    settings, prefix = generation_settings(model, tokenizer, TASKS[work.analysis])
    asked = _asked(settings, work.beams) | {
        "max_batch_size": _BATCH_TOKENS if workers == 1 else _BATCH_TOKENS_EACH
    }
    return partial(_translate, translator, tokenizer, prefix, asked)


def _asked(settings: Any, beams: int) -> dict[str, Any]:
    """The settings of `generate` in CTranslate2's words, as far as it has them."""
    return {
        "beam_size": beams,
        "length_penalty": settings.length_penalty,
        "no_repeat_ngram_size": settings.no_repeat_ngram_size,
        "min_decoding_length": max(1, settings.min_length - 1),
        "max_decoding_length": settings.max_length - 1,
        "batch_type": "tokens",
    }


def _converted(place: Place) -> Path:
    import ctranslate2

    # The number of beams is not part of what is converted.
    name = place.checkpoint.name.split("-beams-")[0]
    folder = place.checkpoint.parent / f"{name}-ctranslate2"
    if not folder.is_dir():
        ctranslate2.converters.TransformersConverter(str(place.checkpoint)).convert(str(folder))
    return folder


def _translate(
    translator: Any,
    tokenizer: Any,
    prefix: str,
    asked: dict[str, Any],
    documents: Sequence[Document],
) -> list[Said]:
    texts = [prefix + document.text for document in documents]
    sources = [
        tokenizer.convert_ids_to_tokens(ids)
        for ids in tokenizer(texts, truncation=True)["input_ids"]
    ]
    results = translator.translate_batch(sources, **asked)
    written = (result.hypotheses[0] for result in results)
    return [
        Written(decode(tokenizer, tokenizer.convert_tokens_to_ids(tokens)), len(tokens) + 1)
        for tokens in written
    ]
