"""Weights in several files: which belong to a model, and which are none of its own."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from safetensors.torch import load_file
from transformers import AutoModelForSequenceClassification

from schema.catalog import CatalogEntry
from tests.support.checkpoints import build_sentiment
from tests.support.refused_models import fail
from workers.models.loading import load


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkpoint to spoil."""
    return build_sentiment(tmp_path / "sentiment")


def test_shards_are_loaded_and_count_for_the_revision(folder: Path, tmp_path: Path) -> None:
    sharded = tmp_path / "sharded"
    model = AutoModelForSequenceClassification.from_pretrained(folder)
    model.save_pretrained(sharded, max_shard_size="60kB")
    for file in folder.glob("*vocab*"), folder.glob("tokenizer*"):
        for path in file:
            (sharded / path.name).write_bytes(path.read_bytes())
    shards = sorted(sharded.glob("model-*.safetensors"))
    assert len(shards) > 1
    loaded = load(CatalogEntry(model=str(sharded)), AutoModelForSequenceClassification, "cpu")
    digest = hashlib.sha256(b"".join(shard.read_bytes() for shard in shards)).hexdigest()
    assert loaded.provenance.revision == f"sha256:{digest[:12]}"
    shards[0].unlink()
    assert f"the shard {shards[0].name}" in fail(CatalogEntry(model=str(sharded)))


@pytest.fixture
def secret(folder: Path) -> Path:
    """A file of weights that is none of the model's."""
    return (folder / "model.safetensors").rename(folder.parent / "secret.safetensors")


def write_index(folder: Path, content: object) -> None:
    (folder / "model.safetensors.index.json").write_text(json.dumps(content), "utf-8")


@pytest.mark.parametrize("kind", ["above", "round about", "absolute", "link", "linked folder"])
def test_an_index_that_names_a_file_elsewhere_is_refused(
    folder: Path, secret: Path, kind: str
) -> None:
    name = {
        "above": f"../{secret.name}",
        "round about": f"{folder.name}/../../{secret.name}",
        "absolute": str(secret),
        "link": "model-1.safetensors",
        "linked folder": f"shards/{secret.name}",
    }[kind]
    (folder / "model-1.safetensors").symlink_to(secret)
    (folder / "shards").symlink_to(folder.parent)
    weights = {weight: name for weight in load_file(secret)}
    write_index(folder, {"metadata": {}, "weight_map": weights})
    assert f"names {name!r}, which is outside the model's folder" in fail(
        CatalogEntry(model=str(folder))
    )


def test_links_within_the_folder_are_followed(folder: Path, secret: Path) -> None:
    (folder / "kept").mkdir()
    secret.rename(folder / "kept" / "weights")
    (folder / "model-1.safetensors").symlink_to("kept/weights")
    names = load_file(folder / "model-1.safetensors")
    write_index(folder, {"metadata": {}, "weight_map": dict.fromkeys(names, "model-1.safetensors")})
    load(CatalogEntry(model=str(folder)), AutoModelForSequenceClassification, "cpu")


@pytest.mark.parametrize(
    "content", [[], {}, {"weight_map": {}}, {"weight_map": {"a": 1}}, {"weight_map": [""]}]
)
def test_a_broken_index_is_said(folder: Path, secret: Path, content: object) -> None:
    write_index(folder, content)
    assert "it does not say which files it is of" in fail(CatalogEntry(model=str(folder)))
