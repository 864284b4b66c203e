"""ONNX Runtime on the same encoders, exported, fused and quantised once.

It gets what the engine gives itself: all documents tokenised in one call, sorted by length, in
batches of at most 1,024 padded tokens. Its output is read by the heads' own rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from importlib import util
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.engine.variants.logits_reader import Reader
from benchmarks.engine.variants.onnx_export import export
from benchmarks.engine.variants.transformers_pipelines import load_model
from benchmarks.engine.workload import LeftOut, Place, Run, Said, Variant, Work
from schema.catalog import Precision
from schema.document import Document

_BATCH_TOKENS = 1024


def onnx_variants(work: Work, place: Place) -> Iterator[Variant]:
    """fp32 and int8, for encoders on a CPU."""
    if work.beams or place.device != "cpu":
        return
    precisions: tuple[Precision, ...] = ("fp32", "int8")
    for precision in precisions:
        yield Variant(
            f"ONNX Runtime {precision}", precision, partial(_load, work, place, precision)
        )


def _load(work: Work, place: Place, precision: Precision) -> Run:
    for needed in ("onnxruntime", "onnx", "onnxscript"):
        if util.find_spec(needed) is None:
            raise LeftOut(f"{needed} is not installed: pip install '.[bench]'")
    model, tokenizer = load_model(work, place)
    session = _session(export(model, tokenizer, place.checkpoint, precision), place.threads)
    return partial(_run, session, Reader(work.analysis, model.config, tokenizer))


def _session(path: Path, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def _run(session: Any, reader: Reader, documents: Sequence[Document]) -> list[Said]:
    rows = reader.rows(documents)
    order = sorted(range(len(rows)), key=lambda place: len(rows[place].ids))
    logits: list[Any] = [None] * len(rows)
    for batch in _batches(order, [len(row.ids) for row in rows]):
        longest = len(rows[batch[-1]].ids)
        ids = np.zeros((len(batch), longest), dtype=np.int64)
        mask = np.zeros_like(ids)
        for line, place in enumerate(batch):
            ids[line, : len(rows[place].ids)] = rows[place].ids
            mask[line, : len(rows[place].ids)] = 1
        outputs = session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        for line, place in enumerate(batch):
            logits[place] = outputs[line]
    return reader.said(documents, rows, logits)


def _batches(order: Sequence[int], lengths: Sequence[int]) -> Iterator[list[int]]:
    """Of ascending lengths: the last of a batch is the longest."""
    batch: list[int] = []
    for place in order:
        if batch and lengths[place] * (len(batch) + 1) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch
