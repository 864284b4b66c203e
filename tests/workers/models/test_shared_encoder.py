"""Heads that take their encoder's weights from another folder: whole models, or one clear error."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForSequenceClassification as Sequences
from transformers import AutoModelForTokenClassification as Tokens

from recipes.encoder.export import Storage
from schema.catalog import CatalogEntry, Precision
from schema.catalog.entry import EntryOptions
from tests.support.shared_checkpoints import WINDOW, build_heads, copy_tokenizer, edit, whole
from workers.encoders.encoder import Encoder, load_encoder
from workers.encoders.packed import PackedEncoder
from workers.encoders.padded import PaddedEncoder
from workers.encoders.precision_trial import CLASSES
from workers.errors import ModelError
from workers.models.checkpoint import locate
from workers.models.loading import load
from workers.models.registry import ModelRegistry
from workers.models.size import tensor_bytes

TEXTS = ["the parcel is broken", "Berlin", "a. b? The parcel, er, arrived in Berlin!"]


@pytest.fixture
def heads(tmp_path: Path) -> dict[str, Path]:
    return build_heads(tmp_path / "models")


def entry_of(folder: Path, precision: Precision = "fp32") -> CatalogEntry:
    return CatalogEntry(model=str(folder), options=EntryOptions(precision=precision))


def encoder_for(folder: Path, kind: Any, precision: Precision = "fp32") -> Encoder:
    return load_encoder(entry_of(folder, precision), kind, "cpu", CLASSES)


def fail(folder: Path) -> str:
    with pytest.raises(ModelError) as error:
        load(entry_of(folder), Sequences, "cpu")
    message = str(error.value)
    assert "\n" not in message and str(folder) in message and "TRIAGE_MODELS" in message
    return message


@pytest.mark.parametrize("storage", ["int8", "fp16"])
@pytest.mark.parametrize(("name", "kind"), [("sentiment", Sequences), ("entities", Tokens)])
def test_a_head_is_the_whole_model_to_the_bit(
    tmp_path: Path, storage: Storage, name: str, kind: Any
) -> None:
    folder = build_heads(tmp_path / "models", storage=storage)[name]
    whole_folder = whole(folder, tmp_path / "whole")
    for precision in ("fp32", "bf16", "int8"):
        head = encoder_for(folder, kind, precision)
        alone = encoder_for(whole_folder, kind, precision)
        rows = head.loaded.tokenizer(TEXTS).encodings
        assert isinstance(head.forward, PackedEncoder)
        np.testing.assert_array_equal(head.forward(rows), alone.forward(rows))
        assert head.loaded.max_length == WINDOW


def test_a_head_also_goes_in_padded_batches(heads: dict[str, Path]) -> None:
    loaded = load(entry_of(heads["sentiment"]), Sequences, "cpu")
    rows = loaded.tokenizer(TEXTS).encodings
    padded = PaddedEncoder(loaded.model, 1, False, loaded.device)(rows)
    packed = encoder_for(heads["sentiment"], Sequences).forward(rows)
    assert padded.std() > 0.05
    np.testing.assert_allclose(packed, padded, rtol=0, atol=1e-4)


def test_the_revision_tells_heads_and_encoders_apart(tmp_path: Path) -> None:
    folders = [build_heads(tmp_path / str(seed), seed=seed) for seed in (1, 2)]
    revisions = [locate(entry_of(one["sentiment"])).revision for one in folders]
    revisions.append(locate(entry_of(folders[0]["entities"])).revision)
    assert len(set(revisions)) == 3
    assert all(revision.startswith("sha256:") for revision in revisions)
    # The same head on another encoder is another model.
    (folders[1]["sentiment"] / "model.safetensors").write_bytes(
        (folders[0]["sentiment"] / "model.safetensors").read_bytes()
    )
    assert locate(entry_of(folders[1]["sentiment"])).revision not in revisions


def test_two_heads_hold_the_encoder_once(heads: dict[str, Path]) -> None:
    first, second = (
        encoder_for(heads["sentiment"], Sequences),
        encoder_for(heads["entities"], Tokens),
    )
    assert isinstance(first.forward, PackedEncoder) and isinstance(second.forward, PackedEncoder)
    assert first.forward.body is second.forward.body
    other = encoder_for(heads["entities"], Tokens, "bf16")
    assert isinstance(other.forward, PackedEncoder)
    assert other.forward.body is not first.forward.body


def test_the_registry_counts_a_shared_encoder_once(heads: dict[str, Path]) -> None:
    models = ModelRegistry()
    first, second = (
        encoder_for(heads["sentiment"], Sequences),
        encoder_for(heads["entities"], Tokens),
    )
    models.pin("first", first)
    models.pin("second", second)
    size = {model.name: model.bytes for model in models.loaded()}
    assert size["first"] == tensor_bytes(first)
    assert sum(size.values()) == tensor_bytes([first, second])
    assert size["second"] < tensor_bytes(second) / 2


def test_heads_of_other_encoders_windows_or_tokenizers_do_not_share(tmp_path: Path) -> None:
    heads = build_heads(tmp_path / "a")
    first = encoder_for(heads["sentiment"], Sequences)
    assert first.sharing == encoder_for(heads["entities"], Tokens).sharing
    others = build_heads(tmp_path / "b", seed=6)
    assert first.sharing != encoder_for(others["entities"], Tokens).sharing
    assert first.sharing != encoder_for(heads["entities"], Tokens, "bf16").sharing
    copy_tokenizer(heads["entities"], heads["entities"])
    assert first.sharing == encoder_for(heads["entities"], Tokens).sharing
    edit(heads["entities"] / "tokenizer_config.json", model_max_length=WINDOW - 1)
    assert first.sharing != encoder_for(heads["entities"], Tokens).sharing
    edit(heads["entities"] / "tokenizer_config.json", model_max_length=WINDOW)
    tokenizer = heads["entities"] / "tokenizer.json"
    tokenizer.write_text(tokenizer.read_text("utf-8").replace("▁parcel", "▁letter"), "utf-8")
    assert first.sharing != encoder_for(heads["entities"], Tokens).sharing
    assert encoder_for(whole(heads["sentiment"], tmp_path / "whole"), Sequences).sharing is None


def test_a_head_does_not_run_on_another_encoder(tmp_path: Path) -> None:
    heads = build_heads(tmp_path / "a")
    other = build_heads(tmp_path / "b", seed=6)["encoder"] / "model.safetensors"
    (heads["encoder"] / "model.safetensors").write_bytes(other.read_bytes())
    assert "it was trained on an encoder with sha256" in fail(heads["sentiment"])


def test_a_head_without_its_encoder_says_so(heads: dict[str, Path], tmp_path: Path) -> None:
    alone = copytree(heads["sentiment"], tmp_path / "alone/sentiment")
    assert "model.safetensors is not there" in fail(alone) or "cannot be read" in fail(alone)


@pytest.mark.parametrize(
    "path",
    ["/etc", "..", "../..", "../../models/encoder", "encoder", "../.hidden", "../a/b", "../"],
)
def test_no_folder_is_read_but_one_beside_the_heads(heads: dict[str, Path], path: str) -> None:
    edit(heads["sentiment"] / "encoder.json", encoder=path)
    assert "is no folder beside the model's own and is not read" in fail(heads["sentiment"])


def test_a_head_and_an_encoder_without_a_tokenizer_say_so(heads: dict[str, Path]) -> None:
    for file in heads["encoder"].glob("tokenizer*"):
        file.unlink()
    assert "holds no tokenizer" in fail(heads["sentiment"])


def test_a_link_leads_nowhere_else(heads: dict[str, Path], tmp_path: Path) -> None:
    elsewhere = heads["encoder"].rename(tmp_path / "elsewhere")
    heads["encoder"].symlink_to(elsewhere)
    assert "is not there" in fail(heads["sentiment"])


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"encoder": "../encoder"}', '{"encoder": 3, "sha256": "x"}']
)
def test_a_broken_reference_says_so(heads: dict[str, Path], content: str) -> None:
    (heads["sentiment"] / "encoder.json").write_text(content)
    assert "encoder.json" in fail(heads["sentiment"])


def test_a_head_with_another_configuration_is_refused(heads: dict[str, Path]) -> None:
    edit(heads["sentiment"] / "config.json", num_attention_heads=2)
    assert "otherwise than that of its encoder in num_attention_heads" in fail(heads["sentiment"])


def test_a_head_with_weights_of_the_encoder_is_refused(heads: dict[str, Path]) -> None:
    weights = heads["sentiment"] / "model.safetensors"
    more = {"bert.embeddings.LayerNorm.bias": torch.zeros(32)}
    save_file(load_file(weights) | more, weights, metadata={"format": "pt"})
    assert "belongs to the encoder" in fail(heads["sentiment"])


def test_a_head_that_lacks_a_weight_is_refused(heads: dict[str, Path]) -> None:
    weights = heads["sentiment"] / "model.safetensors"
    fewer = load_file(weights)
    del fewer["classifier.bias"]
    save_file(fewer, weights, metadata={"format": "pt"})
    assert "lacks 1 weights" in fail(heads["sentiment"])


def test_whole_numbers_without_their_scale_are_refused(tmp_path: Path) -> None:
    heads = build_heads(tmp_path)
    weights = heads["sentiment"] / "model.safetensors"
    broken = load_file(weights) | {"classifier.weight": torch.zeros(3, 32, dtype=torch.int8)}
    save_file(broken, weights, metadata={"format": "pt"})
    assert "without the scale of each row" in fail(heads["sentiment"])
