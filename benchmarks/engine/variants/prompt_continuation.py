"""Ways to go on from prompts besides `generate`: Transformers' own continuous batching, and the
decoding loop. There is no analysis for it, so the loop is called directly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, get_args

import torch
from transformers import ContinuousBatchingConfig

from benchmarks.engine.variants.transformers_pipelines import load_model, prompts_of, reply_of
from benchmarks.engine.workload import LeftOut, Place, Run, Said, Variant, Work
from schema.catalog import Precision
from schema.document import Document
from workers.decoding import Decoder, convert
from workers.decoding.capacity import room
from workers.errors import UnsupportedModelError
from workers.models.precision import has_bf16

_MEASURED = ("fp32", "bf16", "int8")
#: Of this machine's memory, for Transformers' continuous batching without a GPU.
_PART_OF_MEMORY = 0.05


def reply_variants(work: Work, place: Place) -> Iterator[Variant]:
    """Transformers' continuous batching, and the decoding loop at each precision."""
    yield Variant("transformers continuous", "fp32", partial(_continuous, work, place))
    for precision in get_args(Precision):
        if precision in _MEASURED:
            yield Variant(f"loop {precision}", precision, partial(_loop, work, place, precision))


def _continuous(work: Work, place: Place) -> Run:
    model, tokenizer = load_model(work, place)
    # It keeps its cache in nine tenths of the memory: a GPU's is its own, this machine's is not.
    part = _PART_OF_MEMORY if place.device == "cpu" else None
    config = ContinuousBatchingConfig(max_memory_percent=part)

    def write(prompts: list[list[int]]) -> list[list[int]]:
        results = list(model.generate_batch(prompts, continuous_batching_config=config).values())
        # It logs what has failed, and returns the rest.
        if len(results) < len(prompts) or any(result.error for result in results):
            raise RuntimeError(
                next((its.error for its in results if its.error), "texts are missing")
            )
        return [result.generated_tokens for result in results]

    try:
        write([[5, 6], [7]])
    except Exception as error:
        # There is no other way to ask it whether it runs here.
        raise LeftOut(f"generate_batch: {error}") from error
    return partial(_said, model, tokenizer, write)


def _loop(work: Work, place: Place, precision: Precision) -> Run:
    if precision == "bf16" and not has_bf16(torch.device(place.device)):
        raise LeftOut("this processor has no bf16")
    model, tokenizer = load_model(work, place)
    device = torch.device(place.device)
    try:
        parts = convert(model, precision)
        rows, tokens = room(parts, model.num_parameters(), device, precision)
        decoder = Decoder(parts, model.generation_config, rows, tokens, device)
    except UnsupportedModelError as error:
        raise LeftOut(f"the loop does not know {error}") from error
    model.to("meta")
    return partial(_said, model, tokenizer, lambda prompts: decoder.decode(prompts, lambda: None))


def _said(
    model: Any,
    tokenizer: Any,
    write: Callable[[list[list[int]]], list[list[int]]],
    documents: Sequence[Document],
) -> list[Said]:
    texts = write(prompts_of(tokenizer, documents))
    return [reply_of(model, tokenizer, text) for text in texts]
