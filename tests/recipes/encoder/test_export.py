"""The export: an encoder and heads that are the model that was trained, smaller."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoConfig, AutoTokenizer

from recipes.encoder.base import SPECIAL, unigram_tokenizer
from recipes.encoder.export import HEADS, Storage, export, restored, stored
from tests.support.shared_checkpoints import build_heads, tiny_joint_model


def test_a_matrix_in_8_bits_is_off_by_half_a_step_of_its_row_at_the_most() -> None:
    torch.manual_seed(2)
    weight = torch.randn(20, 30) * torch.logspace(-3, 3, 20)[:, None]
    written = stored({"a": weight, "b": torch.randn(7)}, "int8")
    assert {name: one.dtype for name, one in written.items()} == {
        "a": torch.int8,
        "a.scale": torch.float32,
        "b": torch.float32,
    }
    steps = (restored(written)["a"] - weight).abs() / written["a.scale"][:, None]
    assert steps.max() <= 0.501


def test_a_row_of_zeros_stays_one() -> None:
    assert not restored(stored({"a": torch.zeros(2, 3)}, "int8"))["a"].any()


@pytest.mark.parametrize("storage", ["int8", "fp16"])
def test_the_model_becomes_what_was_exported(tmp_path: Path, storage: Storage) -> None:
    model = tiny_joint_model(6)
    tokenizer = unigram_tokenizer([(piece, 0.0) for piece in (*SPECIAL, "▁", "a")])
    before = {name: weight.clone() for name, weight in model.encoder.state_dict().items()}
    export(model, tokenizer, tmp_path, storage)
    exported = restored(load_file(tmp_path / "encoder/model.safetensors"))
    after = model.encoder.state_dict()
    assert all(torch.equal(after[name], weight) for name, weight in exported.items())
    assert any(not torch.equal(after[name], weight) for name, weight in before.items())


def test_a_head_holds_nothing_of_the_encoder_and_has_labels(tmp_path: Path) -> None:
    folders = build_heads(tmp_path)
    for head in HEADS:
        folder = folders[head.folder]
        names = load_file(folder / "model.safetensors")
        assert {name.rpartition(".")[0] for name in names} == set(head.modules)
        config = AutoConfig.from_pretrained(folder)
        assert config.architectures == [head.architecture]
        if head.labels:
            assert list(config.id2label.values()) == list(head.labels)
        assert not list(folder.glob("tokenizer*"))
        assert json.loads((folder / "encoder.json").read_text())["encoder"] == "../encoder"


def test_the_tokenizer_lies_beside_the_encoder(tmp_path: Path) -> None:
    assert AutoTokenizer.from_pretrained(build_heads(tmp_path)["encoder"]).is_fast


def test_a_card_that_is_there_is_kept(tmp_path: Path) -> None:
    (tmp_path / "sentiment").mkdir()
    (tmp_path / "sentiment/README.md").write_text("by hand")
    folders = build_heads(tmp_path)
    assert (folders["sentiment"] / "README.md").read_text() == "by hand"
    assert "`B-PER`" in (folders["entities"] / "README.md").read_text()
    assert "8 bits" in (folders["encoder"] / "README.md").read_text()
