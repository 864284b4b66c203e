"""What lies behind an encoder in a folder of sentence-transformers, and what of it is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from tests.support.embedded import load
from tests.support.sentence_checkpoints import (
    OUTPUTS,
    add_dense,
    add_modules,
    add_pooling,
    build_sentence_bert,
    build_sentence_linear,
    write,
)
from workers.errors import ModelError
from workers.models.sentence_layout import module_files


def test_weights_behind_the_encoder_are_part_of_the_revision(tmp_path: Path) -> None:
    folder = build_sentence_linear(tmp_path / "linear")
    before = load(folder).provenance()[0].revision
    weights = load_file(folder / "2_Dense" / "model.safetensors")
    weights["linear.bias"] += 1
    save_file(weights, folder / "2_Dense" / "model.safetensors", metadata={"format": "pt"})
    assert load(folder).provenance()[0].revision != before


def _max_pooling(folder: Path) -> None:
    add_pooling(folder, max_tokens=True, mean_tokens=True)


def _other_activation(folder: Path) -> None:
    add_dense(folder, function="ReLU")


def _other_module(folder: Path) -> None:
    add_modules(folder, "Pooling", "CNN")
    add_pooling(folder, mean_tokens=True)


def _elsewhere(folder: Path) -> None:
    path = {"path": "../other", "type": "sentence_transformers.models.Pooling"}
    write(folder / "modules.json", [path])


def _pickled(folder: Path) -> None:
    add_dense(folder)
    (folder / "2_Dense" / "model.safetensors").unlink()


def _other_shape(folder: Path) -> None:
    add_dense(folder, out_features=OUTPUTS + 1)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_max_pooling, "max and mean"),
        (_other_activation, "ReLU"),
        (_other_module, "CNN"),
        (_elsewhere, "no folder beside it"),
        (_pickled, "no other format is loaded"),
        (_other_shape, "another shape"),
    ],
)
def test_what_is_not_known_behind_the_encoder_is_said(
    spoil: Callable[[Path], None], said: str, tmp_path: Path
) -> None:
    folder = build_sentence_bert(tmp_path / "model")
    spoil(folder)
    with pytest.raises(ModelError, match=said):
        load(folder)


def test_the_files_that_a_hub_model_needs_in_its_folders(tmp_path: Path) -> None:
    folder = build_sentence_linear(tmp_path / "linear")
    names = ["1_Pooling/config.json", "2_Dense/config.json", "2_Dense/model.safetensors"]
    assert [str(file.relative_to(folder)) for file in module_files(folder)] == names
    _elsewhere(folder)
    assert module_files(folder) == []
