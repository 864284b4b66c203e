"""What a training begins with: the encoder that ships, a head of one, and a model with labels."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from schema.catalog import load_catalog
from tests.support.checkpoints import build_sentiment
from workers.calibrate.examples import DataError
from workers.models.merged_weights import stored_weights
from workers.train.base import find_base
from workers.train.base_model import load_base, own_labels
from workers.train.tasks.classification import ClassificationTask
from workers.train.tasks.entities import EntityTask

pytestmark = pytest.mark.slow

CATALOG = load_catalog("pocket")


def test_the_encoder_that_ships_is_a_base() -> None:
    task = EntityTask(["ORG"])
    base = find_base("pocket", CATALOG, task.auto_model_class)
    assert base.model_name == "pocket/encoder" and base.licence == "cc-by-sa-4.0"
    model, tokenizer = load_base(base, task)
    assert own_labels(model.config) == ["O", "B-ORG", "I-ORG"]
    own = model.state_dict()
    stored = dict(stored_weights(base.checkpoint.folder / "model.safetensors"))
    name = "encoder.layer.11.output.dense.weight"
    assert torch.equal(own[f"bert.{name}"], stored[name])
    assert len(tokenizer("The kettle leaks.")["input_ids"]) > 4


def test_a_head_of_the_catalog_goes_on_where_the_labels_are_the_same() -> None:
    same = ClassificationTask(["negative", "neutral", "positive"])
    base = find_base("sentiment", CATALOG, same.auto_model_class)
    assert base.model_name == "pocket/sentiment"
    heads = [load_base(base, task)[0].state_dict()["classifier.weight"] for task in (same, same)]
    assert torch.equal(*heads)
    others = ClassificationTask(["a", "b", "c"])
    anew = load_base(base, others)[0].state_dict()
    assert not torch.equal(anew["classifier.weight"], heads[0])


def test_as_many_other_labels_have_a_head_of_their_own(tmp_path: Path) -> None:
    folder = build_sentiment(tmp_path / "base")
    before = load_file(folder / "model.safetensors")
    for labels, keeps in ((["NEGATIVE", "POSITIVE"], True), (["later", "now"], False)):
        task = ClassificationTask(labels)
        model, _ = load_base(find_base(str(folder), CATALOG, task.auto_model_class), task)
        own = model.state_dict()
        assert torch.equal(own["classifier.weight"], before["classifier.weight"]) is keeps
        name = "distilbert.embeddings.word_embeddings.weight"
        assert torch.equal(own[name], before[name])


def test_what_cannot_be_a_base_is_refused_by_name(tmp_path: Path) -> None:
    folder = build_sentiment(tmp_path / "base")
    (folder / "adapter_config.json").write_text("{}", "utf-8")
    with pytest.raises(DataError, match=r"--base .*adapter_config\.json says that an adapter"):
        find_base(str(folder), CATALOG, ClassificationTask.auto_model_class)
    with pytest.raises(DataError, match=r"no SequenceClassification of model_type 'marian'; give"):
        find_base("pocket/translation", CATALOG, ClassificationTask.auto_model_class)
