"""Precision: what the catalog asks for, and what `auto` makes of model and machine."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import numpy as np
import pytest
import torch
import transformers as hf

from schema.catalog import Catalog, CatalogEntry, Precision
from schema.catalog.entry import EntryOptions
from schema.results.outcome import Provenance
from tests.support.checkpoints import build_sentiment
from tests.support.logits import logits_of
from workers.analyses import load_analysis
from workers.analysis import Analysis
from workers.classification.classifier import Classifier
from workers.encoders.encoder import load_encoder
from workers.encoders.precision_trial import CLASSES
from workers.errors import ModelError
from workers.models import precision as module
from workers.models.precision import LARGE, PrecisionTrial, check, resolve
from workers.runtime.tuning_cache import TuningCache

CPU = torch.device("cpu")
MODEL = Provenance("owner/model", "sha256:123456789abc", {"max_length": 64})
QUICKER, SAME = (
    PrecisionTrial(speedup=2.0, agreement=0.999),
    PrecisionTrial(speedup=1.0, agreement=1.0),
)


@pytest.fixture
def any_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """bf16 is computed on every CPU; only how quickly differs."""
    monkeypatch.setattr(module, "has_bf16", lambda device: True)


class Counted:
    """A trial that knows its outcome, and how often it was asked."""

    def __init__(self, outcome: PrecisionTrial) -> None:
        self.outcome = outcome
        self.calls = 0

    def __call__(self) -> PrecisionTrial:
        self.calls += 1
        return self.outcome


def resolved(folder: Path, trial: Counted, model: Provenance = MODEL, size: int = LARGE) -> str:
    return resolve(model, CPU, size, trial, TuningCache(folder))


def test_a_small_model_stays_exact_untried(tmp_path: Path, any_machine: None) -> None:
    trial = Counted(QUICKER)
    assert resolved(tmp_path, trial, size=LARGE - 1) == "fp32"
    assert (trial.calls, list(tmp_path.iterdir())) == (0, [])


def test_without_bf16_nothing_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "has_bf16", lambda device: False)
    trial = Counted(QUICKER)
    assert resolved(tmp_path, trial) == "fp32"
    assert trial.calls == 0


@pytest.mark.parametrize(
    ("trial", "precision"),
    [
        (QUICKER, "bf16"),
        (SAME, "fp32"),
        (PrecisionTrial(2.0, 0.994), "fp32"),
        (PrecisionTrial(2.0, 0.995), "bf16"),
        (PrecisionTrial(1.05, 1.0), "fp32"),
        (PrecisionTrial(0.5, 1.0), "fp32"),
    ],
)
def test_bf16_has_to_be_quicker_and_to_agree(
    tmp_path: Path, any_machine: None, trial: PrecisionTrial, precision: str
) -> None:
    assert resolved(tmp_path, Counted(trial)) == precision


def test_what_was_measured_is_kept_and_told(
    tmp_path: Path, any_machine: None, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "not" / "there"
    with caplog.at_level(logging.INFO):
        assert resolved(folder, Counted(QUICKER)) == "bf16"
    assert "2.00 times as fast" in caplog.text and "99.90 %" in caplog.text
    (file,) = folder.iterdir()
    content = json.loads(file.read_text("utf-8"))
    assert content["model"] == MODEL.name and content["revision"] == MODEL.revision
    assert (content["speedup"], content["agreement"]) == (2.0, 0.999)
    again = Counted(SAME)
    assert resolved(folder, again) == "bf16"
    assert again.calls == 0


def test_another_revision_or_torch_is_measured_anew(
    tmp_path: Path, any_machine: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolved(tmp_path, Counted(QUICKER))
    other = Counted(SAME)
    assert resolved(tmp_path, other, Provenance(MODEL.name, "other", {})) == "fp32"
    monkeypatch.setattr(torch, "__version__", "99.0")
    assert resolved(tmp_path, other) == "fp32"
    assert other.calls == 2
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("content", ["", "{", "[]", '{"precision": "bf16"}', '"bf16"', "\x00"])
def test_a_broken_file_is_ignored_with_a_warning(
    tmp_path: Path, any_machine: None, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    resolved(tmp_path, Counted(QUICKER))
    (file,) = tmp_path.iterdir()
    file.write_text(content, "utf-8")
    again = Counted(SAME)
    assert resolved(tmp_path, again) == "fp32"
    assert again.calls == 1
    assert str(file) in caplog.text and "is ignored" in caplog.text
    assert resolved(tmp_path, again) == "fp32"
    assert again.calls == 1
    assert list(tmp_path.iterdir()) == [file]


def test_a_precision_that_nobody_chose_is_broken_too(tmp_path: Path, any_machine: None) -> None:
    resolved(tmp_path, Counted(QUICKER))
    (file,) = tmp_path.iterdir()
    file.write_text(file.read_text("utf-8").replace('"bf16"', '"fp4"'), "utf-8")
    assert resolved(tmp_path, Counted(SAME)) == "fp32"


def test_what_cannot_be_kept_holds_all_the_same(
    tmp_path: Path, any_machine: None, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert resolved(tmp_path / "file" / "below", Counted(QUICKER)) == "bf16"
    assert "cannot be kept" in caplog.text


def test_children_that_measure_at_once_do_as_the_first(tmp_path: Path, any_machine: None) -> None:
    meet = Barrier(8)

    def child(number: int) -> str:
        def trial() -> PrecisionTrial:
            meet.wait()
            return QUICKER if number % 2 else SAME

        return resolve(MODEL, CPU, LARGE, trial, TuningCache(tmp_path))

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(child, range(8)))) == 1
    assert len(list(tmp_path.iterdir())) == 1


def load_classifier(folder: Path, **options: Any) -> Classifier:
    entry = CatalogEntry(model=str(folder), options=EntryOptions(**options))
    return Classifier(load_encoder(entry, hf.AutoModelForSequenceClassification, "cpu", CLASSES))


def precision_of(analysis: Analysis) -> str:
    (provenance,) = analysis.provenance()
    return str(provenance.options["precision"])


@pytest.mark.parametrize("name", ["sentiment", "entities", "qa"])
@pytest.mark.parametrize(
    ("asked", "given"), [("auto", "fp32"), ("fp32", "fp32"), ("bf16", "bf16"), ("int8", "int8")]
)
def test_provenance_tells_what_is_computed_in(
    tiny_checkpoints: dict[str, Path], name: str, asked: Any, given: str
) -> None:
    entry = CatalogEntry(model=str(tiny_checkpoints[name]), options=EntryOptions(precision=asked))
    analysis = load_analysis(name, Catalog("test", {name: entry}), "cpu")
    assert analysis.packs
    assert precision_of(analysis) == given


@pytest.mark.parametrize("name", ["sentiment", "qa"])
def test_auto_measures_a_model_that_is_large(
    tiny_checkpoints: dict[str, Path],
    name: str,
    any_machine: None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(module, "LARGE", 1)
    catalog = Catalog("test", {name: CatalogEntry(model=str(tiny_checkpoints[name]))})
    first = load_analysis(name, catalog, "cpu")
    (file,) = (tmp_path / "home" / "precision").iterdir()
    kept = json.loads(file.read_text("utf-8"))
    assert precision_of(first) == kept["precision"]
    assert 0.9 < kept["agreement"] <= 1 and kept["speedup"] > 0
    for other in "fp32", "bf16":
        file.write_text(json.dumps(kept | {"precision": other}), "utf-8")
        assert precision_of(load_analysis(name, catalog, "cpu")) == other


def test_a_score_alone_stays_exact(
    any_machine: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "LARGE", 1)
    classifier = load_classifier(build_sentiment(tmp_path / "model", labels=1))
    assert classifier.loaded.provenance.options["precision"] == "fp32"
    assert not (tmp_path / "home" / "precision").exists()


@pytest.mark.parametrize("asked", ["fp32", "bf16", "fp16", "auto"])
def test_a_gpu_computes_in_what_is_asked(asked: Any) -> None:
    check(CatalogEntry(model="m", options=EntryOptions(precision=asked)), torch.device("cuda:0"))


def test_int8_on_a_gpu_is_refused() -> None:
    entry = CatalogEntry(model="owner/model", options=EntryOptions(precision="int8"))
    with pytest.raises(ModelError, match=r"'owner/model'.*'int8' on cuda:0: int8 is for CPUs"):
        check(entry, torch.device("cuda:0"))


@pytest.mark.parametrize("supported", [True, False])
def test_fp16_needs_a_processor_that_has_it(
    supported: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_cpu_has", lambda precision: supported)
    entry = CatalogEntry(model="owner/model", options=EntryOptions(precision="fp16"))
    if supported:
        check(entry, CPU)
    else:
        with pytest.raises(ModelError, match="has no fp16; take fp32, bf16 or int8"):
            check(entry, CPU)


def test_a_cpu_computes_in_the_others(tmp_path: Path) -> None:
    folder = build_sentiment(tmp_path / "model")
    results = {}
    precisions: tuple[Precision, ...] = ("fp32", "bf16", "int8")
    for precision in precisions:
        classifier = load_classifier(folder, precision=precision)
        windows = [window for (window,) in classifier.windows(["good", "late again"], overlap=0)]
        results[precision] = logits_of(classifier, windows)
    assert not np.array_equal(results["fp32"], results["bf16"])
    assert not np.array_equal(results["fp32"], results["int8"])
