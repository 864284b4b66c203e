"""Loading: what a loaded model is, and one clear sentence for whatever cannot be loaded."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import AutoModelForSequenceClassification, AutoModelForTokenClassification

from schema.catalog import Catalog, CatalogEntry, load_catalog
from schema.catalog.entry import EntryOptions
from schema.document import Document
from schema.options import RunOptions
from tests.support.checkpoints import WINDOW, build_entities, build_sentiment
from tests.support.logits import logits_of
from tests.support.refused_models import fail
from workers.analyses import load_analysis
from workers.classification.classifier import Classifier
from workers.encoders.encoder import load_encoder
from workers.encoders.precision_trial import CLASSES
from workers.errors import ModelError
from workers.models import loading
from workers.models.loading import ROUNDING, load

HEADS: dict[str, Any] = {
    "sentiment": AutoModelForSequenceClassification,
    "entities": AutoModelForTokenClassification,
    "qa": transformers.AutoModelForQuestionAnswering,
    "summary": transformers.AutoModelForSeq2SeqLM,
    "translation": transformers.AutoModelForSeq2SeqLM,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkpoint to spoil."""
    return build_sentiment(tmp_path / "sentiment")


def edit(file: Path, **changes: Any) -> None:
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | changes), "utf-8")


@pytest.mark.parametrize("analysis", HEADS)
def test_every_architecture_loads(tiny_checkpoints: dict[str, Path], analysis: str) -> None:
    folder = tiny_checkpoints[analysis]
    loaded = load(CatalogEntry(model=str(folder)), HEADS[analysis], "cpu")
    assert not loaded.model.training
    assert {weight.dtype for weight in loaded.model.parameters()} == {torch.float32}
    assert loaded.tokenizer.is_fast == (analysis != "translation")
    weights = (folder / "model.safetensors").read_bytes()
    assert loaded.provenance.name == str(folder)
    assert loaded.provenance.revision == f"sha256:{hashlib.sha256(weights).hexdigest()[:12]}"


def test_half_precision_weights_are_computed_with_in_single_precision(folder: Path) -> None:
    weights = folder / "model.safetensors"
    halves = {name: weight.half() for name, weight in load_file(weights).items()}
    save_file(halves, weights, metadata={"format": "pt"})
    edit(folder / "config.json", dtype="float16")
    loaded = load(CatalogEntry(model=str(folder)), AutoModelForSequenceClassification, "cpu")
    assert loaded.model.dtype == torch.float32
    assert loaded.provenance.options["precision"] == "fp32"


def test_options_of_the_catalog_are_in_force_and_told(folder: Path) -> None:
    options = EntryOptions(precision="bf16", batch_tokens=777, max_length=20)
    entry = CatalogEntry(model=str(folder), options=options)
    loaded = load(entry, AutoModelForSequenceClassification, "cpu")
    assert loaded.model.dtype == torch.bfloat16
    assert (loaded.batch_tokens, loaded.max_length) == (777, 20)
    assert loaded.provenance.options == {"precision": "bf16", "max_length": 20}


def test_a_budget_is_measured_where_that_pays(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "_WORTH_MEASURING", 0)
    asked = CatalogEntry(model=str(folder), options=EntryOptions(batch_tokens=77))
    entry = CatalogEntry(model=str(folder))
    model = load(entry, AutoModelForSequenceClassification, "cpu").model
    of = loading._budget
    assert of(entry, model, torch.device("cuda")) == (65536, True)
    assert of(entry, model, torch.device("cpu")) == (1024, False)
    assert of(asked, model, torch.device("cuda")) == (77, False)


def test_results_of_another_way_to_round_are_told_apart(folder: Path) -> None:
    entry = CatalogEntry(model=str(folder), options=EntryOptions(precision="int8"))
    options = load(entry, AutoModelForSequenceClassification, "cpu").provenance.options
    assert (options["precision"], options["rounding"]) == ("int8", ROUNDING)


@pytest.mark.parametrize(
    ("tokenizer", "catalog", "window"),
    [(WINDOW, None, 64), (512, None, 64), (40, None, 40), (None, None, 64), (40, 30, 30)],
)
def test_the_window_is_the_least_of_all_limits(
    folder: Path, tokenizer: int | None, catalog: int | None, window: int
) -> None:
    settings = folder / "tokenizer_config.json"
    content = json.loads(settings.read_text("utf-8")) | {"model_max_length": tokenizer}
    if tokenizer is None:
        del content["model_max_length"]
    settings.write_text(json.dumps(content), "utf-8")
    entry = CatalogEntry(model=str(folder), options=EntryOptions(max_length=catalog))
    assert load(entry, AutoModelForSequenceClassification, "cpu").max_length == window


def test_positions_before_the_first_of_roberta_do_not_count(tmp_path: Path) -> None:
    config = transformers.RobertaConfig(
        vocab_size=300,
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=66,
        pad_token_id=1,
    )
    model = transformers.RobertaForSequenceClassification(config)
    model.save_pretrained(tmp_path)
    tokenizer = transformers.RobertaTokenizer(
        vocab={"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "a": 4}, merges=[]
    )
    tokenizer.save_pretrained(tmp_path)
    classifier = Classifier(
        load_encoder(
            CatalogEntry(model=str(tmp_path)), AutoModelForSequenceClassification, "cpu", CLASSES
        )
    )
    assert classifier.loaded.max_length == 64
    (windows,) = classifier.windows(["a" * 200], overlap=0)
    assert len(windows) == 4
    assert logits_of(classifier, windows).shape == (4, 2)


def test_a_pocket_model_that_is_missing_is_said() -> None:
    message = fail(CatalogEntry(model="pocket/nonesuch"))
    assert "does not exist" in message and "'hub'" in message


def test_a_model_of_marian_is_loaded_without_a_warning(
    monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    monkeypatch.setitem(sys.modules, "sacremoses", None)  # as where it is not installed
    load(CatalogEntry(model="pocket/translation"), HEADS["translation"], "cpu")
    assert not [warning for warning in recwarn if "sacremoses" in str(warning.message)]


def test_the_built_in_pocket_models_are_in_the_package() -> None:
    for analysis in ("sentiment", "entities", "qa", "summary"):
        assert load_catalog("pocket").entry(analysis).model == f"pocket/{analysis}"


def test_a_folder_that_is_missing_or_no_checkpoint_is_said(tmp_path: Path) -> None:
    assert "does not exist" in fail(CatalogEntry(model=str(tmp_path / "nonesuch")))
    assert "holds no config.json" in fail(CatalogEntry(model=str(tmp_path)))


def test_pickled_weights_are_never_loaded(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    assert "holds no model.safetensors" in fail(CatalogEntry(model=str(folder)))


def test_code_of_a_checkpoint_is_never_run(folder: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    (folder / "evil.py").write_text(f"open({str(ran)!r}, 'w').close()\n", "utf-8")
    auto = {"AutoConfig": "evil.Config", "AutoModelForSequenceClassification": "evil.Model"}
    edit(folder / "config.json", auto_map=auto, model_type="evil")
    fail(CatalogEntry(model=str(folder)))
    assert not ran.exists()


def test_broken_weights_are_said(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    assert "SafetensorError" in fail(CatalogEntry(model=str(folder)))


def test_a_broken_configuration_is_said(folder: Path) -> None:
    (folder / "config.json").write_text("{", "utf-8")
    fail(CatalogEntry(model=str(folder)))


def test_a_model_without_its_tokenizer_is_said(folder: Path) -> None:
    for file in (*folder.glob("vocab*"), *folder.glob("tokenizer*")):
        file.unlink()
    assert "holds no tokenizer" in fail(CatalogEntry(model=str(folder)))


def test_a_model_that_was_trained_for_something_else_is_said(
    tiny_checkpoints: dict[str, Path], tmp_path: Path
) -> None:
    folder = tiny_checkpoints["qa"]
    assert "another task (qa)" in fail(CatalogEntry(model=str(folder)))
    nameless = copytree(folder, tmp_path / "nameless")
    edit(nameless / "config.json", architectures=None)
    message = fail(CatalogEntry(model=str(nameless)))
    assert "classifier.bias" in message and "not trained for this analysis" in message


def test_a_device_that_is_not_there_is_said(folder: Path) -> None:
    with pytest.raises(ModelError, match="device"):
        load(CatalogEntry(model=str(folder)), AutoModelForSequenceClassification, "cuda:99")


def test_loading_says_nothing(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    classifier = Classifier(
        load_encoder(
            CatalogEntry(model=str(folder)), AutoModelForSequenceClassification, "cpu", CLASSES
        )
    )
    classifier.windows(["good " * 1000], overlap=0)
    assert capfd.readouterr() == ("", "")


def test_a_slow_tokenizer_is_refused_where_offsets_are_needed(tmp_path: Path) -> None:
    """BERTweet's and ByT5's are in Python; they do for what asks for labels alone."""
    texts, tokens = build_sentiment(tmp_path / "texts"), build_entities(tmp_path / "tokens")
    for slow in (texts, tokens):
        (slow / "vocab.txt").unlink()
        edit(slow / "tokenizer_config.json", tokenizer_class="ByT5Tokenizer")
    entries = {
        "sentiment": CatalogEntry(model=str(texts)),
        "entities": CatalogEntry(model=str(tokens)),
    }
    catalog = Catalog("slow", entries)
    analysis = load_analysis("sentiment", catalog, "cpu")
    (windows,) = analysis.prepare([Document(0, "good")], RunOptions())
    assert isinstance(windows, list)
    # Bytes, behind three special tokens, and the end of the text.
    assert windows[0].features.ids == [*(byte + 3 for byte in b"good"), 1]
    with pytest.raises(ModelError, match="a slow tokenizer alone"):
        load_analysis("entities", catalog, "cpu")
