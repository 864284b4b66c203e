"""Adapters: merged as PEFT does, a part of the revision, and refused beside another model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForSeq2SeqLM, AutoModelForSequenceClassification, AutoTokenizer

from schema.catalog import CatalogEntry, EntryOptions, load_catalog
from schema.document import Document
from schema.options import RunOptions
from schema.results.sentiment import Sentiment
from tests.support.checkpoints import build_sentiment, build_summary
from workers.analyses import load_analysis
from workers.engine.engine import Engine
from workers.errors import ModelError
from workers.models.checkpoint import locate
from workers.models.loading import load

TEXTS = ("The zip broke after two days.", "A wonderful coat, warm and light!", "ok")


def train(folder: Path, model: Any, base: Path, **more: Any) -> Path:
    """A LoRA adapter with random weights, as if it had been trained on `base`."""
    torch.manual_seed(3)
    config = LoraConfig(r=4, lora_alpha=16, base_model_name_or_path=str(base), **more)
    wrapped = get_peft_model(model, config)
    with torch.no_grad():
        for name, weight in wrapped.named_parameters():
            if "lora_" in name or "modules_to_save" in name:
                weight.copy_(torch.randn(weight.shape) * 0.5)
    wrapped.save_pretrained(str(folder))
    return folder


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return build_sentiment(tmp_path / "base")


@pytest.fixture
def adapter(tmp_path: Path, base: Path) -> Path:
    model = AutoModelForSequenceClassification.from_pretrained(base)
    return train(tmp_path / "lora", model, base, target_modules=["q_lin", "v_lin"])


def of(base: Path, adapter: Path, **options: Any) -> CatalogEntry:
    return CatalogEntry(
        model=str(base), adapter=str(adapter), options=EntryOptions.model_validate(options)
    )


def refused(entry: CatalogEntry) -> str:
    with pytest.raises(ModelError) as error:
        load(entry, AutoModelForSequenceClassification, "cpu")
    message = str(error.value)
    assert entry.model in message and "\n" not in message
    return message


def test_it_answers_as_peft_does(base: Path, adapter: Path, tmp_path: Path) -> None:
    catalog = tmp_path / "catalog.toml"
    catalog.write_text('[sentiment]\nmodel = "./base"\nadapter = "./lora"\n', "utf-8")
    analysis = load_analysis("sentiment", load_catalog(str(catalog)), "cpu")
    documents = [Document(number, text) for number, text in enumerate(TEXTS)]
    given: Any = Engine(analysis).run(documents, RunOptions())
    model = AutoModelForSequenceClassification.from_pretrained(base)
    peft = PeftModel.from_pretrained(model, str(adapter)).eval()
    plain = AutoModelForSequenceClassification.from_pretrained(base).eval()
    tokenizer = AutoTokenizer.from_pretrained(base)
    for text, (result,) in zip(TEXTS, given, strict=True):
        rows = tokenizer(text, return_tensors="pt")
        rows.pop("token_type_ids", None)
        with torch.inference_mode():
            expected = peft(**rows).logits.softmax(-1)[0].tolist()
            without = plain(**rows).logits.softmax(-1)[0].tolist()
        assert isinstance(result, Sentiment)
        probabilities = list((result.probabilities or {}).values())
        assert probabilities == pytest.approx(expected, abs=1e-5)
        assert probabilities != pytest.approx(without, abs=1e-3)


def test_merged_weights_are_those_of_peft_in_every_precision(base: Path, adapter: Path) -> None:
    model = AutoModelForSequenceClassification.from_pretrained(base)
    merged = PeftModel.from_pretrained(model, str(adapter)).merge_and_unload().state_dict()
    for precision, dtype in (("fp32", torch.float32), ("bf16", torch.bfloat16)):
        loaded = load(
            of(base, adapter, precision=precision), AutoModelForSequenceClassification, "cpu"
        )
        own = loaded.model.state_dict()
        assert own.keys() == merged.keys()
        assert all(torch.equal(own[name], merged[name].to(dtype)) for name in merged)


def test_a_model_that_writes_takes_one_too(tmp_path: Path) -> None:
    base = build_summary(tmp_path / "bart")
    model = AutoModelForSeq2SeqLM.from_pretrained(base)
    adapter = train(tmp_path / "lora", model, base, target_modules=["q_proj", "v_proj", "fc1"])
    entry = of(base, adapter)
    expected = PeftModel.from_pretrained(AutoModelForSeq2SeqLM.from_pretrained(base), str(adapter))
    merged = expected.merge_and_unload().state_dict()
    own = load(entry, AutoModelForSeq2SeqLM, "cpu").model.state_dict()
    assert all(torch.equal(own[name], merged[name]) for name in merged)


def test_a_head_with_other_labels_comes_with_the_adapter(tmp_path: Path, base: Path) -> None:
    """A base without a head of its own, and a training with three classes."""
    names = {0: "calm", 1: "cross", 2: "furious"}
    model = AutoModelForSequenceClassification.from_pretrained(
        base, num_labels=3, id2label=names, ignore_mismatched_sizes=True
    )
    saved = ["pre_classifier", "classifier"]
    more = {"target_modules": ["q_lin"], "modules_to_save": saved}
    adapter = train(tmp_path / "lora", model, base, **more)
    assert "config.json" in refused(of(base, adapter))
    model.config.save_pretrained(adapter)
    catalog = tmp_path / "catalog.toml"
    catalog.write_text('[classify.mood]\nmodel = "./base"\nadapter = "./lora"\n', "utf-8")
    analysis: Any = load_analysis("mood", load_catalog(str(catalog)), "cpu")
    assert analysis.classes == ("calm", "cross", "furious")


def test_the_revision_has_the_hash_of_both(base: Path, adapter: Path) -> None:
    alone = locate(CatalogEntry(model=str(base))).revision
    with_it = locate(of(base, adapter)).revision
    assert with_it.startswith(f"{alone}+sha256:")
    told = json.loads((adapter / "adapter_config.json").read_text("utf-8"))
    (adapter / "adapter_config.json").write_text(json.dumps(told | {"lora_alpha": 8}), "utf-8")
    assert locate(of(base, adapter)).revision != with_it


def edit(adapter: Path, **changes: Any) -> None:
    path = adapter / "adapter_config.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | changes), "utf-8")


def test_the_adapter_of_another_model_is_refused_by_name(base: Path, adapter: Path) -> None:
    edit(adapter, base_model_name_or_path="shop/other-base")
    message = refused(of(base, adapter))
    assert "was trained on 'shop/other-base', which is another model" in message
    # A copy of a model of the hub is called as that is; so is the hub's own cache.
    for same in ("shop/base", "/cache/models--shop--base/snapshots/0123", "/elsewhere/base"):
        edit(adapter, base_model_name_or_path=same)
        assert locate(of(base, adapter)).adapter is not None
    hub = CatalogEntry(model="shop/feelings", adapter=str(adapter))
    edit(adapter, base_model_name_or_path="other/feelings")
    from workers.models.adapter import AdapterError, adapter_of

    with pytest.raises(AdapterError, match="trained on 'other/feelings'"):
        adapter_of(hub)


def test_one_that_does_not_fit_is_refused(tmp_path: Path, base: Path, adapter: Path) -> None:
    wider = build_summary(tmp_path / "wider")
    model = AutoModelForSeq2SeqLM.from_pretrained(wider)
    other = train(tmp_path / "other", model, base, target_modules=["q_proj"])
    edit(other, base_model_name_or_path=str(base))
    assert "does not fit it" in refused(of(base, other))
    edit(adapter, target_modules=["q_lin"])
    assert "does not fit it" in refused(of(base, adapter))


def test_what_is_no_adapter_is_named(tmp_path: Path, base: Path, adapter: Path) -> None:
    assert "adapter_config.json of its adapter is not there" in refused(of(base, tmp_path / "no"))
    weights = adapter / "adapter_model.safetensors"
    weights.rename(adapter / "adapter_model.bin")
    assert "holds no adapter_model.safetensors" in refused(of(base, adapter))
    (adapter / "adapter_model.bin").rename(weights)
    edit(adapter, peft_type="PROMPT_TUNING")
    assert "of the kind PROMPT_TUNING" in refused(of(base, adapter))


def test_a_head_on_a_shared_encoder_takes_none(adapter: Path) -> None:
    edit(adapter, base_model_name_or_path="pocket/sentiment")
    entry = CatalogEntry(model="pocket/sentiment", adapter=str(adapter))
    assert "takes no adapter" in refused(entry)
