"""What a checkpoint asks for that is not done: one sentence each, before an answer is another's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import (
    AutoModelForQuestionAnswering,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
)

from schema.catalog import CatalogEntry
from tests.support.checkpoints import build_entities, build_sentiment
from workers.errors import ModelError
from workers.models.loading import load

CLASSES: Any = AutoModelForSequenceClassification
TOKENS: Any = AutoModelForTokenClassification


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkpoint to spoil."""
    return build_entities(tmp_path / "entities")


def refusal(folder: Path, head: Any = TOKENS) -> str:
    with pytest.raises(ModelError) as error:
        load(CatalogEntry(model=str(folder)), head, "cpu")
    message = str(error.value)
    assert "\n" not in message and "TRIAGE_MODELS" in message
    return message.replace(str(folder), "…")


def edit(folder: Path, **changes: Any) -> None:
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | changes), "utf-8")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"auto_map": {"AutoModel": "modeling_my.My"}}, "auto_map .* custom code"),
        ({"model_type": "newmodel2027"}, "model_type 'newmodel2027'"),
        ({"model_type": None}, "no model_type"),
        ({"quantization_config": {"quant_method": "gptq", "bits": 4}}, "quantised \\(gptq\\)"),
        ({"quantization_config": {"bits": 8}}, "quantised \\(by a method without a name\\)"),
        ({"position_embedding_type": "relative_what"}, "position_embedding_type"),
        ({"id2label": {str(n): str(n) for n in range(5)}}, "num_labels, id2label"),
    ],
)
def test_the_key_is_named(folder: Path, changes: dict[str, Any], says: str) -> None:
    load(CatalogEntry(model=str(folder)), TOKENS, "cpu")
    edit(folder, **changes)
    import re

    assert re.search(says.replace("\\\\", "\\"), refusal(folder))


def test_a_configuration_that_is_no_json_is_named(folder: Path) -> None:
    (folder / "config.json").write_text("{", "utf-8")
    assert "config.json cannot be read as a JSON object" in refusal(folder)


def test_an_adapter_beside_a_model_is_not_left_out(folder: Path) -> None:
    (folder / "adapter_config.json").write_text("{}", "utf-8")
    assert "adapter_config.json" in refusal(folder) and "adapter = " in refusal(folder)


def test_an_adapter_alone_is_named(tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text("{}", "utf-8")
    assert "an adapter (PEFT, LoRA: adapter_config.json)" in refusal(tmp_path)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"")
    assert "is a file, and not a folder" in refusal(tmp_path / "model.bin")


@pytest.mark.parametrize("head", [CLASSES, AutoModelForQuestionAnswering])
def test_a_head_of_another_task_is_not_read_as_this_one(folder: Path, head: Any) -> None:
    """BERT's heads for texts and for tokens have the same names of weights."""
    said = refusal(folder, head)
    assert "BertForTokenClassification" in said and "another task (entities)" in said


def test_sentiment_is_no_entities(tmp_path: Path) -> None:
    """An earlier version found entities of the type "positive"."""
    said = refusal(build_sentiment(tmp_path / "sentiment"), TOKENS)
    assert "DistilBertForSequenceClassification" in said


def spoil(folder: Path, **changes: Any) -> None:
    weights = load_file(folder / "model.safetensors")
    save_file(weights | changes, folder / "model.safetensors", metadata={"format": "pt"})


def test_a_layer_more_than_the_configuration_says_is_not_left_out(folder: Path) -> None:
    spoil(folder, **{"bert.encoder.layer.2.output.dense.bias": torch.zeros(32)})
    said = refusal(folder)
    assert "does not use, bert.encoder.layer.2.output.dense.bias" in said


def test_weights_that_change_nothing_may_be_left_out(folder: Path) -> None:
    spoil(
        folder,
        **{
            "bert.pooler.dense.weight": torch.zeros(32, 32),
            "bert.embeddings.position_ids": torch.arange(64)[None],
            "cls.predictions.bias": torch.zeros(9),
        },
    )
    assert load(CatalogEntry(model=str(folder)), TOKENS, "cpu").model.config.num_labels == 9


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_weight_that_is_no_number_is_named(folder: Path, value: float) -> None:
    spoil(folder, **{"classifier.bias": torch.full((9,), value)})
    said = refusal(folder)
    assert "classifier.bias" in said and "not a number (NaN)" in said


def test_a_missing_shard_is_named(folder: Path) -> None:
    index = {"weight_map": {"a": "model-00001-of-00002.safetensors"}}
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors.index.json").write_text(json.dumps(index), "utf-8")
    assert "the shard model-00001-of-00002.safetensors" in refusal(folder)


def test_a_tokenizer_of_another_model_is_refused(folder: Path) -> None:
    vocabulary = (folder / "vocab.txt").read_text("utf-8")
    more = "".join(f"another{number}\n" for number in range(50))
    (folder / "vocab.txt").write_text(vocabulary + more, "utf-8")
    assert "its tokenizer knows" in refusal(folder)


def test_names_of_weights_with_something_before_them_are_told(folder: Path) -> None:
    """As Lightning and DataParallel save them."""
    weights = load_file(folder / "model.safetensors")
    before = {f"module.{name}": weight for name, weight in weights.items()}
    save_file(before, folder / "model.safetensors", metadata={"format": "pt"})
    assert "whose names begin with 'module.'" in refusal(folder)


def test_a_pointer_to_weights_is_none(folder: Path) -> None:
    """What a clone without Git LFS has."""
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
    (folder / "model.safetensors").write_text(pointer, "utf-8")
    assert "git lfs pull" in refusal(folder)


def test_shards_that_nothing_leads_to_are_named(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "model-00001-of-00001.safetensors")
    said = refusal(folder)
    assert "model-00001-of-00001.safetensors without the model.safetensors.index.json" in said


def test_prompts_of_mvp_are_not_left_out(folder: Path) -> None:
    spoil(folder, **{"bert.encoder.self_attn_prompt.prompt_embedding.weight": torch.zeros(2, 2)})
    assert "does not use, bert.encoder.self_attn_prompt" in refusal(folder)
