"""Values in `config.json` that 4.57.6 took, and Transformers 5 does not, count as they stand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from transformers import AutoModelForSequenceClassification

from schema.catalog import CatalogEntry
from tests.support.checkpoints import build_sentiment
from workers.classification.classifier import Classifier
from workers.classification.scores import ScoreKind
from workers.encoders.encoder import load_encoder
from workers.encoders.precision_trial import CLASSES
from workers.errors import ModelError
from workers.models.loading import load
from workers.models.stored_configuration import configuration_of, stored_configuration

HEAD: Any = AutoModelForSequenceClassification


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkpoint with two classes."""
    return build_sentiment(tmp_path / "sentiment")


def edit(folder: Path, **changes: Any) -> None:
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | changes), "utf-8")


@pytest.mark.parametrize(
    "changes",
    [
        {"initializer_range": 1},
        {"sinusoidal_pos_embds": None},
        {"tie_word_embeddings": None, "initializer_range": None},
        {"auto_map": None, "quantization_config": None},
        {"_attn_implementation": "flash_attention_2"},
    ],
)
def test_a_value_of_another_type_is_kept(folder: Path, changes: dict[str, Any]) -> None:
    edit(folder, **changes)
    config = stored_configuration(folder)
    for name in changes.keys() - {"auto_map", "quantization_config", "_attn_implementation"}:
        assert getattr(config, name) == changes[name]
    assert load(CatalogEntry(model=str(folder)), HEAD, "cpu").model.config.num_labels == 2


def test_names_go_before_their_number(folder: Path) -> None:
    """Transformers 5 makes up other names where the two differ."""
    edit(folder, num_labels=7)
    assert list(stored_configuration(folder).id2label.values()) == ["NEGATIVE", "POSITIVE"]


def test_numbers_of_labels_may_have_gaps(folder: Path) -> None:
    edit(folder, id2label={"0": "good", "4": "bad"})
    classifier = Classifier(load_encoder(CatalogEntry(model=str(folder)), HEAD, "cpu", CLASSES))
    assert classifier.labels == ["good", "LABEL_1"]


def test_one_label_is_a_probability_whatever_the_problem_is_called(tmp_path: Path) -> None:
    folder = build_sentiment(tmp_path, labels=1)
    edit(folder, problem_type="single_label_classification")
    config = load(CatalogEntry(model=str(folder)), HEAD, "cpu").model.config
    assert ScoreKind.of(config, has_scale=False) is ScoreKind.INDEPENDENT


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"problem_type": "ranking"}, "problem_type in its config.json is 'ranking'"),
        ({"model_type": "xlm-prophetnet"}, "model_type 'xlm-prophetnet'"),
        ({"model_type": "nllb-moe"}, "computed otherwise by Transformers 5"),
        ({"model_type": "doge"}, "computed otherwise by Transformers 5"),
        ({"hidden_dim": [1]}, "cannot read its config.json"),
    ],
)
def test_what_it_is_is_asked_in_a_sentence(
    folder: Path, changes: dict[str, Any], says: str
) -> None:
    edit(folder, **changes)
    with pytest.raises(ModelError, match="TRIAGE_MODELS") as error:
        configuration_of(CatalogEntry(model=str(folder)))
    assert says in str(error.value) and "\n" not in str(error.value)


def test_a_family_without_such_a_head_is_named(folder: Path) -> None:
    """LED for labels: Transformers 5 has it no more."""
    edit(folder, model_type="led", architectures=None)
    with pytest.raises(ModelError, match="no AutoModelForSequenceClassification of its model_type"):
        load(CatalogEntry(model=str(folder)), HEAD, "cpu")


@pytest.mark.parametrize("limit", [0, -1, "64", "many"])
def test_a_limit_that_is_none_cuts_nothing(folder: Path, limit: Any) -> None:
    file = folder / "tokenizer_config.json"
    said = json.loads(file.read_text("utf-8")) | {"model_max_length": limit}
    file.write_text(json.dumps(said), "utf-8")
    assert load(CatalogEntry(model=str(folder)), HEAD, "cpu").max_length == 64
