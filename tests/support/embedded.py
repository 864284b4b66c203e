"""Embeddings of tiny sentence checkpoints, by the analysis and by plain Transformers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
import transformers as hf
from safetensors.torch import load_file

from schema.catalog import Catalog, CatalogEntry
from schema.catalog.entry import EntryOptions
from schema.results import Result
from schema.results.embedding import ClauseEmbedding
from workers.analyses import load_analysis
from workers.analyses.embedding import EmbeddingAnalysis

Vectors = npt.NDArray[np.float32]
#: Half precision has steps of 2 ** -11 below 1.
STEP = 2**-11


def load(folder: Path, **options: Any) -> EmbeddingAnalysis:
    entry = CatalogEntry(model=str(folder), options=EntryOptions(**options))
    analysis = load_analysis("embedding", Catalog("test", {"embedding": entry}), "cpu")
    assert isinstance(analysis, EmbeddingAnalysis)
    return analysis


def vectors(results: Sequence[Result]) -> Vectors:
    found = []
    for result in results:
        assert isinstance(result, ClauseEmbedding)
        found.append(np.frombuffer(result.vector, "<f2").astype(np.float32))
    return np.array(found)


def places(results: Sequence[Result]) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in results if isinstance(one, ClauseEmbedding)]


def expected(folder: Path, texts: Sequence[str]) -> Vectors:
    """Padded, by Transformers alone, with what stands behind the encoder written out."""
    tokenizer, model = (
        hf.AutoTokenizer.from_pretrained(folder),
        hf.AutoModel.from_pretrained(folder),
    )
    encoded = tokenizer(list(texts), return_tensors="pt", padding=True)
    with torch.inference_mode():
        states = model.eval()(**encoded).last_hidden_state
    pooling = folder / "1_Pooling" / "config.json"
    if pooling.exists() and json.loads(pooling.read_text()).get("pooling_mode_cls_token"):
        pooled = states[:, 0]
    else:
        mask = encoded["attention_mask"].unsqueeze(-1).float()
        pooled = (states * mask).sum(1) / mask.sum(1)
    if (folder / "2_Dense").exists():
        weights = load_file(folder / "2_Dense" / "model.safetensors")
        pooled = torch.nn.functional.linear(
            pooled, weights["linear.weight"], weights["linear.bias"]
        )
        config = json.loads((folder / "2_Dense" / "config.json").read_text())
        pooled = pooled.tanh() if config["activation_function"].endswith("Tanh") else pooled
    found: Vectors = torch.nn.functional.normalize(pooled, dim=1).numpy()
    return found
