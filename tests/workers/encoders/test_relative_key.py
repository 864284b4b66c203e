"""Relative positions of BERT and its kin, as Transformers 4.57.6 computed them."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForSequenceClassification, AutoModelForTokenClassification

from schema.catalog import CatalogEntry
from tests.support.checkpoints import build_entities
from tests.support.packed_models import Tokens
from workers.encoders.encoder import load_encoder
from workers.encoders.precision_trial import CLASSES
from workers.errors import ModelError

LENGTH = 11


def build(folder: Path, kind: str) -> Path:
    """The tiny NER model with a table of distances in each layer, as
    zhiheng-huang/bert-base-uncased-embedding-relative-key has it.
    """
    build_entities(folder, position_embedding_type=kind)
    weights = load_file(folder / "model.safetensors")
    positions, width = weights["bert.embeddings.position_embeddings.weight"].shape
    draw = torch.Generator().manual_seed(5)
    for layer in range(2):
        name = f"bert.encoder.layer.{layer}.attention.self.distance_embedding.weight"
        weights[name] = torch.randn(2 * positions - 1, width // 4, generator=draw)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def expected(folder: Path, ids: list[int], kind: str) -> np.ndarray:
    """The logits by the formulas of `BertSelfAttention` of 4.57.6, one step after the other."""
    model = AutoModelForTokenClassification.from_pretrained(folder).eval()
    stored = load_file(folder / "model.safetensors")
    embeddings = model.bert.embeddings
    # No absolute positions: they are added for position_embedding_type "absolute" alone.
    hidden = embeddings.word_embeddings.weight[ids] + embeddings.token_type_embeddings.weight[0]
    hidden = embeddings.LayerNorm(hidden)
    places = torch.arange(len(ids))
    for number, layer in enumerate(model.bert.encoder.layer):
        attention = layer.attention.self
        name = f"bert.encoder.layer.{number}.attention.self.distance_embedding.weight"
        most = len(stored[name]) // 2
        table = stored[name][places[:, None] - places[None, :] + most]
        query, key, value = (
            part(hidden).view(len(ids), 4, -1).transpose(0, 1)
            for part in (attention.query, attention.key, attention.value)
        )
        scores = query @ key.transpose(1, 2) + torch.einsum("hld,lrd->hlr", query, table)
        if kind == "relative_key_query":
            scores = scores + torch.einsum("hrd,lrd->hlr", key, table)
        weights = (scores / math.sqrt(query.shape[-1])).softmax(-1)
        seen = (weights @ value).transpose(0, 1).flatten(1)
        hidden = layer.attention.output(seen[None], hidden[None])[0]
        hidden = layer.output(layer.intermediate(hidden), hidden)
    logits: np.ndarray = model.classifier(hidden).detach().numpy()
    return logits


@pytest.mark.parametrize("kind", ["relative_key", "relative_key_query"])
def test_scores_have_what_distances_add(tmp_path: Path, kind: str) -> None:
    folder = build(tmp_path / "ner", kind)
    entry = CatalogEntry(model=str(folder))
    encoder = load_encoder(entry, AutoModelForTokenClassification, "cpu", CLASSES)
    assert encoder.packs
    ids = [2, 40, 41, 42, 43, 40, 44, 45, 46, 47, 3]
    logits = encoder.forward([Tokens(ids, [0] * LENGTH)])
    np.testing.assert_allclose(logits, expected(folder, ids, kind), rtol=0, atol=1e-4)


def test_a_table_that_is_not_there_is_missed(tmp_path: Path) -> None:
    folder = build_entities(tmp_path / "ner", position_embedding_type="relative_key")
    with pytest.raises(ModelError, match="distance_embedding"):
        load_encoder(
            CatalogEntry(model=str(folder)), AutoModelForTokenClassification, "cpu", CLASSES
        )


def test_relative_positions_of_another_family_are_refused(tmp_path: Path) -> None:
    folder = build_entities(tmp_path / "ner")
    config = json.loads((folder / "config.json").read_text("utf-8"))
    config |= {"model_type": "megatron-bert", "position_embedding_type": "relative_key"}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    with pytest.raises(ModelError, match="position_embedding_type .* 'relative_key'"):
        load_encoder(
            CatalogEntry(model=str(folder)), AutoModelForSequenceClassification, "cpu", CLASSES
        )
